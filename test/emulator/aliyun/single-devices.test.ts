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
const dataOf = (body: Record<string, unknown>) => body.Data as Record<string, unknown>;

describe('RegisterDevice', () => {
  test('makes one device at once, with the name, nickname and LoRaWAN identity that it is given', () => {
    const body = ask('RegisterDevice', { DeviceName: 'light-1', Nickname: '路灯_1', DevEui: 'd', JoinEui: 'j' });
    const device = emulator.aliyun.device('light-1');
    expect(dataOf(body)).toEqual({
      DevEui: 'd',
      DeviceName: 'light-1',
      DeviceSecret: device?.deviceSecret,
      IotId: device?.iotId,
      JoinEui: 'j',
      Nickname: '路灯_1',
      ProductKey: emulator.aliyun.productKey,
    });
    expect(device?.status).toBe('UNACTIVE');
    expect(emulator.journal.deviceEvents()).toMatchObject([{ event: 'created', requestId: body.RequestId }]);
  });

  test('without a name makes another device each time', () => {
    const names = [ask('RegisterDevice'), ask('RegisterDevice')].map((body) => dataOf(body).DeviceName);
    expect(new Set(names).size).toBe(2);
    expect(emulator.aliyun.devices().map(({ deviceName }) => deviceName)).toEqual(names);
  });

  test.each<[Parameters, string]>([
    [{ DeviceName: 'abc' }, 'iot.device.InvalidFormattedDeviceName'],
    [{ DeviceName: 'light-1', Nickname: 'x' }, 'iot.common.InvalidFormattedParameter'],
    [{ DeviceName: 'taken' }, 'iot.device.AlreadyExistedDeviceName'],
    [{ ProductKey: 'a1nothing00' }, 'iot.prod.NotExistedProduct'],
  ])('refuses %j with %s', (parameters, code) => {
    emulator.aliyun.seed({ devices: [{ productKey: emulator.aliyun.productKey, deviceName: 'taken' }] });
    expect(ask('RegisterDevice', parameters)).toMatchObject({ Success: false, Code: code });
    expect(emulator.aliyun.devices()).toHaveLength(1);
  });

  test('keeps LoRaWAN keys out of the journal', () => {
    ask('RegisterDevice', { DeviceName: 'light-1', AppKey: 'lora-secret', PinCode: '123456' });
    expect(JSON.stringify(emulator.journal.calls())).not.toMatch(/lora-secret|123456/);
  });
});

describe('QueryDeviceDetail', () => {
  test('tells of one device, by IotId or by name, also when it was last online', () => {
    emulator.aliyun.seed({ devices: [{ productKey: emulator.aliyun.productKey, deviceName: 'light-1' }] });
    const iotId = emulator.aliyun.device('light-1')?.iotId;
    const never = dataOf(ask('QueryDeviceDetail', { DeviceName: 'light-1' }));
    expect(never).toMatchObject({ IotId: iotId, Status: 'UNACTIVE', UtcActive: '', UtcOnline: '', IpAddress: '' });
    clock.pass(60_000);
    emulator.aliyun.connect('light-1');
    expect(dataOf(call(emulator, 'QueryDeviceDetail', { IotId: iotId }).body)).toMatchObject({
      DeviceName: 'light-1',
      Status: 'ONLINE',
      Owner: true,
      UtcActive: '2026-01-02T03:05:05.000Z',
      UtcOnline: '2026-01-02T03:05:05.000Z',
      GmtOnline: '2026-01-02 11:05:05',
    });
  });

  test('does not know what is not there', () => {
    expect(ask('QueryDeviceDetail', { IotId: 'nobody' })).toMatchObject({ Code: 'iot.device.NotExistedDevice' });
    expect(ask('QueryDeviceDetail', { DeviceName: 'nobody' })).toMatchObject({ Code: 'iot.device.NotExistedDevice' });
    expect(ask('QueryDeviceDetail')).toMatchObject({ Code: 'MissingDeviceName' });
  });
});
