import { documentedQuotas, IotEmulator } from '../../../emulator';
import { call, type Parameters, VirtualClock } from '../signed-call';

let clock: VirtualClock;
let emulator: IotEmulator;
beforeEach(() => {
  clock = new VirtualClock();
  emulator = new IotEmulator({ clock, rates: false, aliyun: { quotas: { devicesPerInstance: 3 } } });
});

const ask = (operation: string, parameters: Parameters = {}) =>
  call(emulator, operation, { ProductKey: emulator.aliyun.productKey, ...parameters }).body;
const applyIdOf = (body: Record<string, unknown>) => (body.Data as { ApplyId: number }).ApplyId;
const names = (count: number) => Array.from({ length: count }, (_, index) => `light-${index}`);
const check = (count: number) => ask('BatchCheckDeviceNames', { DeviceName: names(count) });
const status = (applyId: number) => ask('QueryBatchRegisterDeviceStatus', { ApplyId: applyId }).Data;
const exceeded = { Success: false, Code: 'iot.device.DeviceCountExceeded' };

function registered(count: number): Record<string, unknown> {
  const applyId = applyIdOf(check(count));
  clock.pass(60_000);
  return ask('BatchRegisterDeviceWithApplyId', { ApplyId: applyId });
}

test('are the documented ones of the region', () => {
  expect(documentedQuotas('cn-shanghai').devicesPerProduct).toBe(3_000_000);
  expect(documentedQuotas('eu-central-1').devicesPerProduct).toBe(1_000_000);
});

test('refuse what does not fit when its creation is asked for, and leave no application behind', () => {
  expect(registered(4)).toMatchObject(exceeded);
  expect(ask('BatchRegisterDevice', { Count: 4 })).toMatchObject(exceeded);
  expect(emulator.aliyun.platform.listApplications()).toMatchObject([{ status: 'CHECK_SUCCESS' }]);
  expect(registered(3)).toMatchObject({ Success: true });
  clock.pass(60_000);
  expect(ask('RegisterDevice')).toMatchObject(exceeded);
});

test('refuse it already at the check, under the second assumption', () => {
  emulator.aliyun.assumptions.deviceQuota = 'atCheck';
  expect(check(4)).toMatchObject(exceeded);
  expect(registered(3)).toMatchObject({ Success: true });
});

test('let it fail device by device, under the third', () => {
  emulator.aliyun.assumptions.deviceQuota = 'whileCreating';
  const applyId = applyIdOf(registered(4));
  clock.pass(60_000);
  expect(status(applyId)).toMatchObject({
    Status: 'CREATE_FAILED',
    ValidList: { Name: names(3) },
    InvalidDetailList: { invalidDetailList: [{ DeviceName: 'light-3', ErrorMsg: 'There are too many devices.' }] },
  });
});

test('hold for two batches at once: each fits alone, the surplus of both fails', () => {
  const [first, second] = [
    applyIdOf(ask('BatchRegisterDevice', { Count: 2 })),
    applyIdOf(ask('BatchRegisterDevice', { Count: 2 })),
  ];
  clock.pass(60_000);
  expect([status(first), status(second)]).toMatchObject([{ Status: 'CREATE_SUCCESS' }, { Status: 'CREATE_FAILED' }]);
  expect(emulator.aliyun.devices()).toHaveLength(3);
});

test('count all products of an instance, and no other instance', () => {
  emulator.aliyun.seed({
    products: [{ productKey: 'a1second000' }, { productKey: 'a1elsewhere', instanceId: 'iot-1' }],
    devices: names(3).map((deviceName) => ({ productKey: 'a1second000', deviceName })),
  });
  expect(ask('RegisterDevice')).toMatchObject(exceeded);
  expect(ask('RegisterDevice', { ProductKey: 'a1elsewhere', IotInstanceId: 'iot-1' })).toMatchObject({ Success: true });
});

test('count the devices of one product too, and may be changed at any time', () => {
  Object.assign(emulator.aliyun.quotas, { devicesPerInstance: 100, devicesPerProduct: 1 });
  expect(ask('BatchRegisterDevice', { Count: 2 })).toMatchObject(exceeded);
  expect(ask('RegisterDevice')).toMatchObject({ Success: true });
  emulator.aliyun.quotas.devicesPerProduct = 2;
  expect(ask('RegisterDevice')).toMatchObject({ Success: true });
});

test('make an X.509 batch that no longer fits fail as a whole', () => {
  emulator.aliyun.assumptions.deviceQuota = 'whileCreating';
  emulator.aliyun.seed({ products: [{ productKey: 'a1x509prod0', authType: 'x509' }] });
  const applyId = applyIdOf(ask('BatchRegisterDevice', { ProductKey: 'a1x509prod0', Count: 4 }));
  clock.pass(60_000);
  expect(ask('QueryBatchRegisterDeviceStatus', { ProductKey: 'a1x509prod0', ApplyId: applyId }).Data).toMatchObject({
    Status: 'CREATE_FAILED',
    ValidList: { Name: [] },
  });
});
