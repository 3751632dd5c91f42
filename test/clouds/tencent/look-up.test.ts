import type { Cloud } from '../../../lib/batch/ports/cloud';
import { literalCloud, names, startBench, type Bench } from './harness';

describe('looking names up by API 3.0', () => {
  let bench: Bench;
  let cloud: Cloud;
  beforeEach(async () => {
    bench = await startBench({ tencent: { product: { encryption: 'psk' } } });
    cloud = bench.connect();
  });
  afterEach(() => bench.close());

  const seed = (list: readonly string[]) => {
    const { tencent } = bench.running.emulator;
    tencent.seed({ devices: list.map((deviceName) => ({ productId: tencent.productId, deviceName })) });
  };
  const calls = () => [bench.codes('DescribeDevices').length, bench.codes('DescribeDevice').length];

  test.each([
    ['three names, one by one', 3, 10, [0, 3]],
    ['more than the product has pages, by listing it', 4, 10, [1, 0]],
    ['fewer than the product has pages, one by one, after a look at its size', 4, 1_600, [1, 4]],
  ])('takes as few calls as possible: %s', async (_which, count, devices, expected) => {
    seed(names(devices - 2, 'other-'));
    seed(names(2));
    const told: number[] = [];
    const found = await cloud.lookUp(names(count), (done) => told.push(done));
    expect(found.map(({ name }) => name).sort()).toEqual(names(2));
    expect(calls()).toEqual(expected);
    const tellsEach = expected[1] !== 0;
    expect(told).toEqual(tellsEach ? Array.from({ length: count }, (_, i) => i + 1) : [1, 2, count]);
  });

  test('takes no other refusal for a name that is free (I3)', async () => {
    const fault = { kind: 'businessError', code: 'InvalidParameterValue' } as const;
    bench.running.emulator.faults.add({ operation: 'DescribeDevice', fault });
    await expect(cloud.lookUp(names(1))).rejects.toMatchObject({ vendorCode: 'InvalidParameterValue' });
  });
});

describe('a listing by API 3.0 whose pages do not fit together', () => {
  const page = (list: readonly string[]) => {
    const Devices = list.map((DeviceName) => ({ DeviceName, DevicePsk: 'a2V5' }));
    return { Response: { TotalCount: 300, Devices } };
  };
  const all = names(300);
  // The second page should begin with the last device of the first one.
  const pages = [page(all.slice(0, 250)), page(all.slice(250))];
  const unknown = { Response: { Error: { Code: 'ResourceNotFound.DeviceNotExist', Message: 'gone' } } };

  function connect(...bodies: unknown[]) {
    const { cloud, sent } = literalCloud('3.0', ...bodies);
    return { cloud, actions: () => sent.map(({ headers }) => headers['X-TC-Action'] ?? headers['x-tc-action']) };
  }

  test('is made three times; then what is on no page is asked for by name (I3)', async () => {
    const { cloud, actions } = connect(...pages, ...pages, ...pages, unknown);
    expect(await cloud.lookUp(names(4, 'absent-'))).toEqual([]);
    const asked = [...Array<string>(6).fill('DescribeDevices'), ...Array<string>(4).fill('DescribeDevice')];
    expect(actions()).toEqual(asked);
  });

  test('is good enough where it shows every name', async () => {
    const { cloud, actions } = connect(...pages, unknown);
    expect(await cloud.lookUp(names(4))).toHaveLength(4);
    expect(actions()).toEqual(['DescribeDevices', 'DescribeDevices']);
  });
});
