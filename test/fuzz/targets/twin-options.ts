import * as fc from 'fast-check';
import { longest, optionsOf, type Inputs, type Operation } from '../../../lib/pulumi/inputs';
import * as provider from '../../../lib/pulumi/provider';
import type { Outputs } from '../../../lib/pulumi/state';
import { hasUnknown, UNKNOWN } from '../../../lib/pulumi/unknown';
import { CANARY, misplacedSecret, mutateValue, mutation, type Mutation } from '../mutation';
import { refuseSecrets } from '../secrets';
import { target } from '../target';

/** What a program may hand over. */
const programs = fc.constantFrom<Record<string, unknown>>(
  {
    cloud: { aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001', instanceId: 'iot-060a02fl' } },
    devices: { sequence: { prefix: 'light-', count: 3, start: 1, pad: 3 } },
    ...{ onExisting: { adopt: ['light-001'] }, deleteActivated: true, onPartialFailure: 'keep', timeout: '20m' },
    customTimeouts: { create: '15m', update: '1h', delete: '2h' },
  },
  {
    cloud: { tencent: { productId: 'ABCDE12345', region: 'ap-guangzhou', endpoint: 'http://127.0.0.1:1' } },
    ...{
      devices: { named: ['a', 'b:c', 'd_e'] },
      removalPolicy: 'retain',
      deviceCredentials: { file: 'secrets.json' },
    },
  },
  {
    cloud: { tencent: { productId: 'ABCDE12345', apiVersion: '2.0' } },
    ...{ devices: { generated: { count: 7, prefix: 'g-' } }, deleteActivated: true, timeout: 900 },
  },
  {
    cloud: { aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001', signature: 'HMAC-SHA1' } },
    ...{ devices: { assignedByCloud: 5 }, deviceCredentials: 'none' },
  },
  {
    cloud: {
      aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001', endpoint: 'iot-vpc.cn-shanghai.aliyuncs.com' },
    },
    devices: { fromJob: '1234567890123456789' },
  },
  {
    cloud: { aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001' } },
    devices: { fromFile: { path: 'test/fuzz/targets/no-such-file', format: 'csv', column: 'name' } },
  },
);

const change = fc.oneof(
  { weight: 4, arbitrary: mutation },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('replace' as const), at: fc.nat(), by: fc.constant(UNKNOWN) }),
  },
  { weight: 2, arbitrary: misplacedSecret },
);

/** What a program hands to `check` and `diff` of the Pulumi twin, in a preview also what is not known yet. */
export const twinOptions = target({
  name: 'inputs of the Pulumi twin',
  share: 50,
  inputs: fc.record({
    program: programs,
    changes: fc.array(change, { maxLength: 3 }),
    before: programs,
    beforeChanges: fc.array(mutation, { maxLength: 1 }),
  }),
  async attempt({ program, changes, before, beforeChanges }) {
    const olds = received(before, beforeChanges);
    try {
      const { inputs, failures } = await provider.check(olds, received(program, changes));
      const told = failures.map(({ property, reason }) => codeOf(property, reason));
      if (told.length === 0) await mustBeComplete(inputs);
      const ending = told[0] ?? 'right';
      return (await differenceOf(olds as Outputs, inputs)) ?? ending;
    } catch (error) {
      throw error instanceof Error ? error : new TypeError(`what is thrown is no Error: ${String(error)}`);
    }
  },
});

/** As it comes out of the engine's Struct. */
function received(program: Record<string, unknown>, changes: readonly Mutation[]): Inputs {
  const changed = mutateValue(program, changes) as object;
  const fixed = { resourceUrn: URN, batchId: 'b1', __provider: 'text' };
  return JSON.parse(JSON.stringify({ journal: JOURNAL, ...changed, ...fixed })) as Inputs;
}

const URN = 'urn:pulumi:dev::town::pulumi-nodejs:dynamic/iot-device-batch:DeviceBatch::lights';

/** There is none; `check` makes none. */
const JOURNAL = 'test/fuzz/targets/no-such-folder';

const operations: readonly Operation[] = ['create', 'update', 'delete'];

/** What was let through is let through again as it is, and is what the engine takes. */
async function mustBeComplete(inputs: Inputs): Promise<void> {
  const again = await provider.check(inputs, inputs);
  if (again.failures.length > 0) throw new Error(`refused the second time: ${JSON.stringify(again.failures)}`);
  if (JSON.stringify(again.inputs) !== JSON.stringify(inputs)) throw new Error('completed otherwise the second time');
  if (hasUnknown(inputs)) return;
  for (const operation of operations) {
    const { timeoutSeconds } = optionsOf(inputs, operation);
    if (!(timeoutSeconds > 0 && timeoutSeconds <= longest.seconds)) throw new RangeError(`${timeoutSeconds} s`);
  }
  const { changes } = await provider.diff('id', inputs as Outputs, inputs);
  if (changes !== false) throw new Error('what is the same is a change');
}

/** The code of an error, where comparing ended with one. */
async function differenceOf(olds: Outputs, news: Inputs): Promise<string | undefined> {
  try {
    await provider.diff('id', olds, news);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `diff ${codeOf('', error.message)}`;
  }
}

function codeOf(property: string, reason: string): string {
  refuseSecrets(reason, [CANARY]);
  if (reason.length > 5_000) throw new RangeError(`an error of ${reason.length} characters`);
  const code = /\[([A-Za-z]+)\]$/.exec(reason)?.[1];
  if (code === undefined || code === 'Unexpected') throw new Error(`no code is told: ${reason}`);
  return property === '' ? code : `${code} of ${property}`;
}
