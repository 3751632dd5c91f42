import { type RunningEmulator, startEmulator } from '../../../emulator';
import { operations } from '../../../emulator/aliyun/operations';
import { type Case, cases } from './cases';
import { Report } from './report';
import { type Outcome, type Sdk, sdks } from './sdks';
import { Stage } from './stage';

let running: RunningEmulator;
const report = new Report(sdks.map(({ name }) => name));
beforeAll(async () => {
  running = await startEmulator({ aliyun: { durations: { checkMs: 60_000, createMs: 60_000 } } });
});
afterAll(() => running.close());
afterAll(
  () => void process.stdout.write(`\nWhat the vendor's SDKs saw of the emulator, as documented:\n\n${report.text()}\n`),
);

async function outcomeOf(sdk: Sdk, { operation, parameters, prepare, keys }: Case): Promise<Outcome> {
  const stage = new Stage(running.emulator);
  const asked = parameters(stage);
  prepare?.(stage);
  return sdk.call(running.url, keys?.(stage) ?? running.aliyun, operation, asked);
}

describe.each(sdks)('$name, with nothing but its endpoint set', (sdk) => {
  test.each(cases)('$operation: $what', async (asked) => {
    const { operation, expected } = asked;
    const outcome = await outcomeOf(sdk, asked);
    if ('gateway' in expected) {
      expect(outcome).toMatchObject({ by: 'gateway', code: expected.gateway, status: expected.status });
    } else if ('service' in expected) {
      expect(outcome).toMatchObject({ by: 'service', code: expected.service, status: 200 });
      expect(outcome.body).toMatchObject({ RequestId: expect.any(String) as string, ...(expected.body as object) });
    } else {
      expect(outcome.code).toBeUndefined();
      expect(outcome.body).toMatchObject({ Success: true, RequestId: expect.any(String) as string, ...expected });
    }
    report.add(operation, sdk.name, 'gateway' in expected || 'service' in expected ? 'bad' : 'good');
  });

  test.each([
    ['an HTML page with HTTP 502', { kind: 'badGateway' }],
    ['garbage with HTTP 200', { kind: 'garbage' }],
    ['half an answer', { kind: 'truncated' }],
    ['a broken connection', { kind: 'cut' }],
    ['a connection reset after execution', { kind: 'drop', when: 'after' }],
  ] as const)('takes %s for a failure', async (_, fault) => {
    const call = outcomeOf(sdk, {
      operation: 'QueryProduct',
      what: '',
      parameters: ({ productKey }) => ({ ProductKey: productKey }),
      prepare: ({ emulator }) => emulator.faults.add({ fault }),
      expected: {},
    });
    // One of them throws what is no Error.
    await expect(call).rejects.toBeDefined();
  });
});

test('every operation is walked in a good case and in a bad one', () => {
  const walked = (kind: 'good' | 'bad') =>
    cases
      .filter(({ expected }) => ('gateway' in expected || 'service' in expected ? 'bad' : 'good') === kind)
      .map(({ operation }) => operation);
  const all = [...operations.keys()];
  expect(all.filter((name) => !walked('good').includes(name))).toEqual([]);
  expect(all.filter((name) => !walked('bad').includes(name))).toEqual([]);
});

test.each(sdks)('$name is told what was signed, and never hears the right secret', async (sdk) => {
  running.emulator.reset();
  const { accessKeyId, accessKeySecret, productKey } = running.aliyun;
  const keys = { accessKeyId, accessKeySecret: 'wrong' };
  const outcome = await sdk.call(running.url, keys, 'QueryProduct', { ProductKey: productKey });
  expect(outcome.message).toContain('server string to sign is:');
  expect(JSON.stringify(outcome)).not.toContain(accessKeySecret);
});
