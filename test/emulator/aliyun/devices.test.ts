import { IotEmulator } from '../../../emulator';
import { call, type Parameters, VirtualClock } from '../signed-call';

let clock: VirtualClock;
let emulator: IotEmulator;
beforeEach(() => {
  clock = new VirtualClock();
  emulator = new IotEmulator({ clock, rates: false });
});

const ask = (operation: string, parameters: Parameters = {}) =>
  call(emulator, operation, { ProductKey: emulator.aliyun.productKey, ...parameters }).body;

function seed(count: number): void {
  const productKey = emulator.aliyun.productKey;
  emulator.aliyun.seed({
    devices: Array.from({ length: count }, (_, index) => ({ productKey, deviceName: `light-${index}` })),
  });
}

const namesOf = (body: Record<string, unknown>) =>
  (body.Data as { DeviceInfo: { DeviceName: string }[] }).DeviceInfo.map((device) => device.DeviceName);

describe('QueryDevice', () => {
  test('lists the newest first, ten a page', () => {
    seed(12);
    const body = ask('QueryDevice');
    expect(body).toMatchObject({ Page: 1, PageCount: 2, PageSize: 10, Total: 12 });
    expect(namesOf(body)).toEqual(Array.from({ length: 10 }, (_, index) => `light-${11 - index}`));
    expect(namesOf(ask('QueryDevice', { CurrentPage: 2 }))).toEqual(['light-1', 'light-0']);
  });

  test('can be walked to the end by NextToken, which is empty on the last page', () => {
    seed(120);
    const seen: string[] = [];
    let token = '';
    let page = 1;
    do {
      const body = ask('QueryDevice', { PageSize: 50, CurrentPage: page++, NextToken: token || undefined });
      seen.push(...namesOf(body));
      token = body.NextToken as string;
    } while (token);
    expect(page).toBe(4);
    expect(new Set(seen).size).toBe(120);
  });

  test('loses no device to a deletion between two tokens', () => {
    seed(6);
    const { NextToken } = ask('QueryDevice', { PageSize: 3 });
    emulator.aliyun.deleteDevice('light-5');
    expect(namesOf(ask('QueryDevice', { PageSize: 3, CurrentPage: 2, NextToken: NextToken as string }))).toEqual([
      'light-2',
      'light-1',
      'light-0',
    ]);
  });

  test('needs a token beyond 10,000 devices', () => {
    const at = (CurrentPage: number, more: Parameters = {}) =>
      ask('QueryDevice', { PageSize: 50, CurrentPage, ...more });
    expect(at(200)).toMatchObject({ Success: true });
    expect(at(201)).toMatchObject({ Success: false, Code: 'iot.common.InvalidPageParams' });
    emulator.aliyun.assumptions.deepPageWithoutToken = 'empty';
    expect(at(201)).toMatchObject({ Success: true, Data: { DeviceInfo: [] }, NextToken: '' });
  });

  test('refuses a token that is not its own', () => {
    expect(ask('QueryDevice', { NextToken: 'invented' })).toMatchObject({ Code: 'iot.common.InvalidPageParams' });
  });

  test('may be called only twice a second for deep pages', () => {
    const limited = new IotEmulator({ clock });
    const deep = () =>
      call(limited, 'QueryDevice', { ProductKey: limited.aliyun.productKey, PageSize: 50, CurrentPage: 2_000 }).status;
    expect([deep(), deep(), deep()]).toEqual([200, 200, 400]);
  });
});

describe('BatchQueryDeviceDetail', () => {
  test('leaves unknown names out, and tells whether a device has ever connected', () => {
    seed(2);
    clock.pass(60_000);
    emulator.aliyun.connect('light-1');
    clock.pass(60_000);
    emulator.aliyun.disconnect('light-1');
    const { Data } = ask('BatchQueryDeviceDetail', { DeviceName: ['light-0', 'nobody', 'light-1'] });
    expect(Data).toMatchObject({
      Data: [
        {
          DeviceName: 'light-0',
          Status: 'UNACTIVE',
          GmtActive: '',
          UtcActive: '',
          // "GMT" is China's time.
          GmtCreate: '2026-01-02 11:04:05',
          UtcCreate: '2026-01-02T03:04:05.000Z',
          Region: 'cn-shanghai',
        },
        { DeviceName: 'light-1', Status: 'OFFLINE', UtcActive: '2026-01-02T03:05:05.000Z' },
      ],
    });
  });

  test('takes 100 names and not one more', () => {
    const names = Array.from({ length: 101 }, (_, index) => `light-${index}`);
    expect(ask('BatchQueryDeviceDetail', { DeviceName: names.slice(1) })).toMatchObject({ Success: true });
    expect(ask('BatchQueryDeviceDetail', { DeviceName: names })).toMatchObject({ Success: false });
    expect(ask('BatchQueryDeviceDetail')).toMatchObject({ Code: 'iot.device.NoneDeviceNameElement' });
  });
});

describe('BatchGetDeviceState', () => {
  test('answers by name or by IotId, without a Data around it', () => {
    seed(2);
    emulator.aliyun.connect('light-1');
    const iotId = emulator.aliyun.device('light-1')?.iotId ?? '';
    const byName = ask('BatchGetDeviceState', { DeviceName: ['light-1', 'light-0'] });
    expect(byName.DeviceStatusList).toMatchObject({
      DeviceStatus: [
        { DeviceName: 'light-1', Status: 'ONLINE', IotId: iotId, LastOnlineTime: '2026-01-02 11:04:05' },
        { DeviceName: 'light-0', Status: 'UNACTIVE', LastOnlineTime: '' },
      ],
    });
    const byId = call(emulator, 'BatchGetDeviceState', { IotId: [iotId] }).body;
    expect(byId.DeviceStatusList).toMatchObject({ DeviceStatus: [{ DeviceName: 'light-1' }] });
  });

  test('takes 50 names and not one more', () => {
    const names = Array.from({ length: 51 }, (_, index) => `light-${index}`);
    expect(ask('BatchGetDeviceState', { DeviceName: names.slice(1) })).toMatchObject({ Success: true });
    expect(ask('BatchGetDeviceState', { DeviceName: names })).toMatchObject({ Success: false });
  });
});

describe('DeleteDevice', () => {
  const left = () => emulator.aliyun.devices().map((device) => device.deviceName);

  test('takes the IotId, or the product and the name; the IotId wins', () => {
    seed(3);
    const iotId = emulator.aliyun.device('light-0')?.iotId;
    expect(ask('DeleteDevice', { IotId: iotId, DeviceName: 'light-1' })).toEqual({
      RequestId: expect.any(String) as string,
      Success: true,
    });
    expect(left()).toEqual(['light-1', 'light-2']);
    ask('DeleteDevice', { DeviceName: 'light-2' });
    expect(left()).toEqual(['light-1']);
  });

  test('does not know a device twice', () => {
    seed(1);
    const iotId = emulator.aliyun.device('light-0')?.iotId;
    ask('DeleteDevice', { IotId: iotId });
    const gone = { Success: false, Code: 'iot.device.NotExistedDevice' };
    expect(ask('DeleteDevice', { IotId: iotId })).toMatchObject(gone);
    expect(ask('DeleteDevice', { DeviceName: 'light-0' })).toMatchObject(gone);
    expect(ask('DeleteDevice', { ProductKey: 'a1nothing00', DeviceName: 'light-0' })).toMatchObject({
      Code: 'iot.prod.NotExistedProduct',
    });
  });

  test('frees the name for another device with another identity', () => {
    seed(1);
    const first = emulator.aliyun.device('light-0');
    emulator.aliyun.deleteDevice('light-0');
    seed(1);
    const second = emulator.aliyun.device('light-0');
    expect(second?.iotId).not.toBe(first?.iotId);
    expect(second?.deviceSecret).not.toBe(first?.deviceSecret);
    ask('DeleteDevice', { IotId: first?.iotId });
    expect(left()).toEqual(['light-0']);
  });

  test('is in the journal, device by device', () => {
    seed(1);
    clock.pass(5_000);
    ask('DeleteDevice', { DeviceName: 'light-0' });
    expect(emulator.journal.deviceEvents()).toMatchObject([
      { event: 'seeded', deviceName: 'light-0' },
      { event: 'deleted', deviceName: 'light-0', time: clock.now() },
    ]);
    const [, deleted] = emulator.journal.deviceEvents();
    expect(emulator.journal.calls('DeleteDevice')[0]?.requestId).toBe(deleted?.requestId);
  });
});

test('devices show the times of a skewed cloud, the journal those of the test', () => {
  emulator.aliyun.clockSkewMs = 3_600_000;
  seed(1);
  expect(emulator.aliyun.device('light-0')?.createdAt).toBe(clock.now() + 3_600_000);
  expect(emulator.journal.deviceEvents()[0]?.time).toBe(clock.now());
});
