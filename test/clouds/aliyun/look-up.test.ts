import type { Cloud } from '../../../lib/batch/ports/cloud';
import type { Transport } from '../../../lib/clouds/http/transport';
import { undiciTransport } from '../../../lib/clouds/http/undici-transport';
import { json, names, startBench, type Bench } from './harness';

let bench: Bench;
let cloud: Cloud;

const start = async (options: Parameters<typeof startBench>[0] = {}) => {
  bench = await startBench(options);
  cloud = bench.connect();
};

afterEach(() => bench.close());

const absent = (Code: string) => json({ RequestId: 'r', Success: false, Code, ErrorMessage: '设备不存在' });

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

  test('of a hundred names is one call', async () => {
    await start();
    seed(1, 'light-');
    expect(await cloud.lookUp(names(100))).toHaveLength(1);
    expect(bench.operations()).toEqual(['BatchQueryDeviceDetail']);
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
    seed(1, 'other-');
    bench.running.emulator.aliyun.connect('light-002');
    const done: number[] = [];
    const found = await cloud.lookUp(names(1_000), (count) => done.push(count));
    expect(done).toEqual([...Array.from({ length: 120 }, (_, index) => index + 1), 1_000]);
    expect(found.map((device) => device.name).sort()).toEqual(names(120));
    expect(found.find((device) => device.name === 'light-002')?.everConnected).toBe(true);
    expect(found.filter((device) => device.everConnected === false)).toHaveLength(119);
    expect(bench.operations()).toEqual(['QueryProduct', 'QueryDevice', 'QueryDevice', 'QueryDevice']);
  });

  test('loses no device where pages go by number and one that was seen is deleted meanwhile', async () => {
    await start();
    seed(120, 'light-');
    const wire = undiciTransport();
    const send: Transport['send'] = async (request) => {
      const response = await wire.send(request);
      const body = JSON.parse(response.body) as { NextToken?: string };
      if (body.NextToken !== undefined && bench.operations().filter((each) => each === 'QueryDevice').length === 1) {
        bench.running.emulator.aliyun.deleteDevice('light-120');
      }
      return { ...response, body: JSON.stringify({ ...body, NextToken: '' }) };
    };
    const byNumber = bench.connect({ transport: { send, close: () => wire.close() } });
    const found = await byNumber.lookUp(names(1_000));
    expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(names(119)));
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
    const done: number[] = [];
    expect(await cloud.lookUp(names(300), (count) => done.push(count))).toMatchObject([
      { name: 'light-001', everConnected: true },
    ]);
    expect(bench.operations()).toEqual(['QueryProduct', 'QueryDevice', 'BatchQueryDeviceDetail']);
    expect(done).toEqual([1, 300]);
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

  test.each([
    ['missing', {}],
    ['null', { Data: null }],
    ['{}', { Data: {} }],
    ['null within its wrapper', { Data: { Data: null } }],
  ])(
    'I2: confirms name by name where the list of an answer is %s, for its devices would look gone',
    async (_name, payload) => {
      await start();
      const detail = (DeviceName: string) => json({ RequestId: 'r', Success: true, Data: { DeviceName, IotId: 'i' } });
      const server = await bench.serve(
        json({ RequestId: 'r', Success: true, ...payload }),
        detail('light-001'),
        absent('iot.device.NotExistedDevice'),
        detail('light-003'),
      );
      const other = bench.connect({ reference: { endpoint: server.url, signature: 'HMAC-SHA1' } });
      expect(await other.lookUp(['light-001', 'absent-1', 'light-003'])).toMatchObject([
        { name: 'light-001', identity: 'i' },
        { name: 'light-003' },
      ]);
      expect(server.requests).toEqual(['BatchQueryDeviceDetail', ...Array<string>(3).fill('QueryDeviceDetail')]);
      expect(server.forms.map((form) => form.get('DeviceName'))).toEqual([null, 'light-001', 'absent-1', 'light-003']);
    },
  );

  test.each(['missing', 'null', 'empty'] as const)('I2: finds 120 devices behind lists that are %s', async (as) => {
    await start();
    seed(120, 'light-');
    bench.running.emulator.faults.add({ operation: 'BatchQueryDeviceDetail', fault: { kind: 'wrappers', as } });
    expect(await cloud.lookUp([...names(80), ...names(10, 'absent-')])).toHaveLength(80);
    expect(bench.running.emulator.journal.calls().filter((call) => call.code?.startsWith('Throttling'))).toEqual([]);
  });

  test('believes a list that is empty', async () => {
    await start();
    expect(await cloud.lookUp(['absent-1'])).toEqual([]);
    expect(bench.operations()).toEqual(['BatchQueryDeviceDetail']);
  });

  test('fails where what an answer left open cannot be confirmed', async () => {
    await start();
    const fails = json({ RequestId: 'r', Code: 'ServiceUnavailable', Message: 'm' }, 503);
    const server = await bench.serve(json({ RequestId: 'r', Success: true }), fails);
    const other = bench.connect({ reference: { endpoint: server.url } });
    await expect(other.lookUp(['absent-1'])).rejects.toMatchObject({ kind: 'transient' });
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

  test('is asked for by its identity and nothing else: another one may have its name', async () => {
    await start();
    const Data = { DeviceName: 'light-001', IotId: 'i', Status: 'OFFLINE', UtcCreate: '2026-01-02T03:04:05.000Z' };
    const server = await bench.serve(json({ RequestId: 'r', Success: true, Data }));
    const other = bench.connect({ reference: { endpoint: server.url, signature: 'HMAC-SHA1' } });
    expect(await other.identify?.('i')).toMatchObject({ name: 'light-001', identity: 'i', everConnected: true });
    const [form] = server.forms;
    expect([form?.get('IotId'), form?.get('DeviceName'), form?.get('ProductKey')]).toEqual(['i', null, null]);
  });

  test('that is gone is known no more, also where its name is taken again', async () => {
    await start();
    const identity = seedOne('light-001');
    expect(await cloud.identify?.(identity)).toMatchObject({
      name: 'light-001',
      identity,
      everConnected: false,
      createdAt: bench.running.emulator.aliyun.device('light-001')?.createdAt,
    });
    bench.running.emulator.aliyun.deleteDevice('light-001');
    seedOne('light-001');
    expect(await cloud.identify?.(identity)).toBeUndefined();
  });

  test.each(['iot.device.NotExistedDevice', 'iot.device.InvalidIoTId'])(
    'does not exist where that is %s',
    async (code) => {
      await start();
      const server = await bench.serve(absent(code));
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
