import type { Fault, RunningEmulator } from '../../../emulator';
import type { Report } from './report';
import { type Case, isGood, type Outcome, type Sdk, type Vendor } from './vendor';

const broken: readonly [string, Fault][] = [
  ['an HTML page with HTTP 502', { kind: 'badGateway' }],
  ['garbage with HTTP 200', { kind: 'garbage' }],
  ['half an answer', { kind: 'truncated' }],
  ['a broken connection', { kind: 'cut' }],
  ['a connection reset after execution', { kind: 'drop', when: 'after' }],
];

/** Has every case walked by every SDK of the vendor's, against an emulator that the test has started. */
export function walk<Stage extends { emulator: RunningEmulator['emulator'] }, Keys>(
  vendor: Vendor<Stage, Keys>,
  running: () => RunningEmulator,
  report: Report,
): void {
  const outcomeOf = async (sdk: Sdk<Keys>, { operation, parameters, prepare, keys }: Case<Stage, Keys>) => {
    const stage = vendor.stage(running().emulator);
    const asked = parameters(stage);
    prepare?.(stage);
    return sdk.call(running().url, keys?.(stage) ?? vendor.keys(running()), operation, asked);
  };

  describe.each(vendor.sdks)('$name, with nothing but its endpoint set', (sdk) => {
    test.each(vendor.cases)('$operation: $what', async (asked) => {
      expectOutcome(await outcomeOf(sdk, asked), asked.expected, vendor.envelope);
      report.add(vendor.name, asked.operation, sdk.name, isGood(asked) ? 'good' : 'bad');
    });

    test.each(broken.filter(([, { kind }]) => !vendor.unnoticed.includes(kind)))(
      'takes %s for a failure',
      async (what, fault) => {
        const prepare = ({ emulator }: Stage) => emulator.faults.add({ fault });
        const call = outcomeOf(sdk, { ...vendor.simplest, what, prepare, expected: {} });
        // One of them throws what is no Error.
        await expect(call).rejects.toBeDefined();
      },
    );
  });

  test('every operation is walked in a good case and in a bad one', () => {
    const walked = (good: boolean) =>
      vendor.cases.filter((one) => isGood(one) === good).map(({ operation }) => operation);
    expect(vendor.operations.filter((name) => !walked(true).includes(name))).toEqual([]);
    expect(vendor.operations.filter((name) => !walked(false).includes(name))).toEqual([]);
  });
}

function expectOutcome(
  outcome: Outcome,
  expected: Case<unknown, unknown>['expected'],
  envelope: Vendor<unknown, unknown>['envelope'],
): void {
  if ('gateway' in expected) {
    expect(outcome).toMatchObject({ by: 'gateway', code: expected.gateway, status: expected.status });
  } else if ('service' in expected) {
    expect(outcome).toMatchObject({ by: 'service', code: expected.service });
    expect(outcome.status ?? 200).toBe(200);
    expect(outcome.body).toMatchObject({ ...envelope.failure, ...(expected.body as object) });
  } else {
    expect(outcome.code).toBeUndefined();
    expect(outcome.body).toMatchObject({ ...envelope.success, ...expected });
  }
}
