import type { Cloud } from '../../../lib/batch/ports/cloud';
import { json, names, startBench, type Bench } from './harness';

let bench: Bench;
let cloud: Cloud;

const start = async (options: Parameters<typeof startBench>[0] = {}) => {
  bench = await startBench(options);
  cloud = bench.connect();
};

afterEach(() => bench.close());

describe('looking up', () => {
  const seed = (count: number, prefix: string) => {
    const { productKey } = bench.running.aliyun;
    bench.running.emulator.aliyun.seed({
      devices: names(count, prefix).map((deviceName) => ({ productKey, deviceName })),
    });
  };

  test('tells which names exist, since when, and whether they ever connected', async () => {
    await start();
    seed(3, 'light-');
    bench.running.emulator.aliyun.connect('light-002');
    bench.running.emulator.aliyun.disconnect('light-002');
    const found = await cloud.lookUp(['light-001', 'light-002', 'absent']);
    expect(found).toEqual(
      ['light-001', 'light-002'].map((name) => ({
        name,
        identity: bench.running.emulator.aliyun.device(name)?.iotId,
        everConnected: name === 'light-002',
        createdAt: bench.running.emulator.aliyun.device(name)?.createdAt,
      })),
    );
  });

  test('a disabled device has connected if it has a time of activation', async () => {
    await start();
    const { productKey } = bench.running.aliyun;
    bench.running.emulator.aliyun.seed({ devices: [{ productKey, deviceName: 'light-001', status: 'DISABLE' }] });
    seed(1, 'other-');
    expect(await cloud.lookUp(['light-001', 'other-001'])).toMatchObject([
      { name: 'light-001', everConnected: true },
      { name: 'other-001', everConnected: false },
    ]);
  });

  test('nothing costs nothing', async () => {
    await start();
    expect(await cloud.lookUp([])).toEqual([]);
    expect(bench.operations()).toEqual([]);
  });

  test('I10: asks by name, 100 a call, where the product is large, and is never throttled', async () => {
    await start();
    seed(2_000, 'other-');
    const done: number[] = [];
    const list = names(1_000);
    expect(await cloud.lookUp(list, (count) => done.push(count))).toEqual([]);
    expect(bench.operations()).toEqual(['QueryProduct', ...Array<string>(10).fill('BatchQueryDeviceDetail')]);
    expect(bench.running.emulator.journal.calls().filter((call) => call.code !== undefined)).toEqual([]);
    expect(done.at(-1)).toBe(1_000);
  });

  test('lists the product where that is faster', async () => {
    await start();
    seed(120, 'light-');
    bench.running.emulator.aliyun.connect('light-002');
    const found = await cloud.lookUp(names(1_000));
    expect(found.map((device) => device.name).sort()).toEqual(names(120));
    expect(found.find((device) => device.name === 'light-002')?.everConnected).toBe(true);
    expect(found.filter((device) => device.everConnected === false)).toHaveLength(119);
    expect(bench.operations()).toEqual(['QueryProduct', 'QueryDevice', 'QueryDevice', 'QueryDevice']);
  });

  test('lists more than 10,000 devices by token', async () => {
    await start({ rates: false });
    seed(10_200, 'n-');
    const found = await cloud.lookUp([...names(10_200, 'n-'), ...names(5_000, 'absent-')]);
    expect(found).toHaveLength(10_200);
    expect(bench.operations().filter((name) => name === 'QueryDevice')).toHaveLength(204);
    expect(bench.operations()).not.toContain('BatchQueryDeviceDetail');
  });

  test('asks by name for what a listing cannot tell', async () => {
    await start();
    const { productKey } = bench.running.aliyun;
    bench.running.emulator.aliyun.seed({ devices: [{ productKey, deviceName: 'light-001', status: 'DISABLE' }] });
    expect(await cloud.lookUp(names(300))).toMatchObject([{ name: 'light-001', everConnected: true }]);
    expect(bench.operations()).toEqual(['QueryProduct', 'QueryDevice', 'BatchQueryDeviceDetail']);
  });

  test('asks by name for everything that a listing which does not add up has left out', async () => {
    await start();
    seed(120, 'light-');
    bench.running.emulator.faults.add({ operation: 'QueryDevice', fault: { kind: 'wrappers', as: 'missing' } });
    expect(await cloud.lookUp(names(300))).toHaveLength(120);
    expect(bench.operations()).toEqual([
      'QueryProduct',
      'QueryDevice',
      ...Array<string>(3).fill('BatchQueryDeviceDetail'),
    ]);
  });

  test.each(['missing', 'null', 'empty'] as const)(
    'I2: confirms name by name where an answer has no list (%s), for its devices would look gone',
    async (as) => {
      await start();
      seed(3, 'light-');
      bench.running.emulator.faults.add({ operation: 'BatchQueryDeviceDetail', fault: { kind: 'wrappers', as } });
      const found = await cloud.lookUp(['light-001', 'absent-1', 'light-003']);
      expect(found.map(({ name }) => name)).toEqual(['light-001', 'light-003']);
      expect(found[0]?.identity).toBe(bench.running.emulator.aliyun.device('light-001')?.iotId);
      expect(bench.operations()).toEqual(['BatchQueryDeviceDetail', ...Array<string>(3).fill('QueryDeviceDetail')]);
    },
  );

  test('believes a list that is empty', async () => {
    await start();
    expect(await cloud.lookUp(['absent-1'])).toEqual([]);
    expect(bench.operations()).toEqual(['BatchQueryDeviceDetail']);
  });

  test('fails where what an answer left open cannot be confirmed', async () => {
    await start();
    bench.running.emulator.faults.add({
      operation: 'BatchQueryDeviceDetail',
      fault: { kind: 'wrappers', as: 'missing' },
    });
    bench.running.emulator.faults.add({ operation: 'QueryDeviceDetail', fault: { kind: 'drop', when: 'after' } });
    await expect(cloud.lookUp(['absent-1'])).rejects.toMatchObject({ kind: 'transient' });
  });

  test('tells the time of creation by our own clock', async () => {
    await start();
    seed(1, 'light-');
    const createdAt = bench.running.emulator.aliyun.device('light-001')?.createdAt ?? 0;
    bench.running.emulator.faults.add({ fault: { kind: 'clockSkew', ms: 60_000 } });
    const [device] = await cloud.lookUp(['light-001']);
    expect(device?.createdAt).toBe(createdAt - 60_500);
  });
});

describe('a device', () => {
  const seedOne = (deviceName: string) => {
    const { productKey } = bench.running.aliyun;
    bench.running.emulator.aliyun.seed({ devices: [{ productKey, deviceName }] });
    return bench.running.emulator.aliyun.device(deviceName)?.iotId ?? '';
  };

  test('is known by its identity, whatever its name', async () => {
    await start();
    const identity = seedOne('light-001');
    bench.running.emulator.aliyun.connect('light-001');
    expect(await cloud.identify?.(identity)).toEqual({
      name: 'light-001',
      identity,
      everConnected: true,
      createdAt: bench.running.emulator.aliyun.device('light-001')?.createdAt,
    });
    expect(bench.operations()).toEqual(['QueryDeviceDetail']);
  });

  test('that is gone is known no more, also where its name is taken again', async () => {
    await start();
    const identity = seedOne('light-001');
    bench.running.emulator.aliyun.deleteDevice('light-001');
    seedOne('light-001');
    expect(await cloud.identify?.(identity)).toBeUndefined();
  });

  test.each(['iot.device.NotExistedDevice', 'iot.device.InvalidIoTId'])(
    'does not exist where that is %s',
    async (Code) => {
      await start();
      const server = await bench.serve(json({ RequestId: 'r', Success: false, Code, ErrorMessage: '设备不存在' }));
      const other = bench.connect({ reference: { endpoint: server.url } });
      expect(await other.identify?.('any')).toBeUndefined();
    },
  );

  test('is not taken for another one', async () => {
    await start();
    const Data = { DeviceName: 'light-001', IotId: 'another' };
    const server = await bench.serve(json({ RequestId: 'r', Success: true, Data }));
    const other = bench.connect({ reference: { endpoint: server.url } });
    await expect(other.identify?.('asked-for')).rejects.toMatchObject({ vendorCode: 'OtherDevice' });
  });

  test('is listed among those created in a window, newest first, and no more pages than needed', async () => {
    await start();
    for (let index = 0; index < 200; index += 1) {
      seedOne(`light-${index}`);
      bench.clock.advance(1_000);
    }
    const now = bench.clock.now();
    const found = await cloud.createdSince?.(now - 30_000, now - 20_000);
    expect(found?.map(({ name }) => name)).toEqual(Array.from({ length: 11 }, (_, index) => `light-${180 - index}`));
    expect(bench.operations()).toEqual(['QueryDevice']);
  });
});
