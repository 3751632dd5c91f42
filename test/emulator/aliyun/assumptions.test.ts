import { type AliyunAssumptions, IotEmulator } from '../../../emulator';
import { callRpc, sent } from '../rpc-call';
import { call, type CallOptions, type Parameters, signedCall, VirtualClock } from '../signed-call';

let clock: VirtualClock;
let emulator: IotEmulator;
beforeEach(() => {
  clock = new VirtualClock();
  emulator = new IotEmulator({ clock, rates: false });
});

const assume = (assumptions: Partial<AliyunAssumptions>) => Object.assign(emulator.aliyun.assumptions, assumptions);
const ask = (operation: string, parameters: Parameters = {}, options: CallOptions = {}) =>
  call(emulator, operation, { ProductKey: emulator.aliyun.productKey, ...parameters }, options);
const names = ['light-1', 'light-2', 'light-3'];

test.each([
  ['InvalidApi.NotFound', 404],
  ['InvalidAction', 403],
  ['UnsupportedOperation', 400],
] as const)('an operation that does not exist is %s, HTTP %i', (unknownOperation, status) => {
  assume({ unknownOperation });
  expect(ask('Nonsense')).toMatchObject({ status, body: { Code: unknownOperation } });
});

test.each(['InvalidTimeStamp.Expired', 'IllegalTimestamp'] as const)('a date too far away is %s', (expiredDate) => {
  assume({ expiredDate });
  expect(ask('QueryProduct', {}, { date: clock.now() - 3_600_000 }).body).toMatchObject({ Code: expiredDate });
});

test('gateway errors may come with other HTTP statuses, code by code', () => {
  assume({ gatewayStatuses: { 'InvalidAccessKeyId.NotFound': 400 } });
  const key = { accessKeyId: 'nobody', accessKeySecret: 's' };
  expect(ask('QueryProduct', {}, { key })).toMatchObject({
    status: 400,
    body: { Code: 'InvalidAccessKeyId.NotFound' },
  });
  expect(ask('Nonsense').status).toBe(404);
});

test('a missing parameter may be told by the general code of the gateway', () => {
  assume({ missingParameter: 'gatewayGeneral' });
  expect(call(emulator, 'QueryProduct')).toMatchObject({ status: 400, body: { Code: 'MissingParameter' } });
});

test.each(['iot.system.InstanceNotFound', 'iot.Sre.IotInstanceNotFound'] as const)(
  'an instance that does not exist is %s',
  (unknownInstance) => {
    assume({ unknownInstance });
    expect(ask('QueryProduct', { IotInstanceId: 'iot-other' }).body).toMatchObject({ Code: unknownInstance });
  },
);

test('a success may have an empty Code', () => {
  expect(ask('QueryProduct').body).not.toHaveProperty('Code');
  assume({ codeOfSuccess: 'empty' });
  expect(ask('QueryProduct').body).toMatchObject({ Success: true, Code: '' });
});

test.each([
  ['distinguished', { Success: true }, { Success: true }, ['LIGHT-1', 'light-1']],
  ['ignored', { RepeatedDeviceNameList: ['Light-2'] }, { Code: 'iot.device.AlreadyExistedDeviceName' }, ['LIGHT-1']],
] as const)('the case of device names is %s', (deviceNameCase, checked, registered, devices) => {
  assume({ deviceNameCase });
  emulator.aliyun.seed({ devices: [{ productKey: emulator.aliyun.productKey, deviceName: 'LIGHT-1' }] });
  const { body } = ask('BatchCheckDeviceNames', { DeviceName: ['light-2', 'Light-2'] });
  const repeated = (body.Data as { RepeatedDeviceNameList?: { RepeatDevieNameList: string[] } }).RepeatedDeviceNameList;
  expect({ Success: body.Success, RepeatedDeviceNameList: repeated?.RepeatDevieNameList }).toMatchObject(checked);
  expect(ask('RegisterDevice', { DeviceName: 'light-1' }).body).toMatchObject(registered);
  expect(emulator.aliyun.devices().map(({ deviceName }) => deviceName)).toEqual(devices);
  emulator.aliyun.deleteDevice('LIGHT-1');
  expect(ask('RegisterDevice', { DeviceName: 'Light-1' }).body).toMatchObject({ Success: true });
});

describe('the lists of a running creation', () => {
  const running = () => {
    const { ApplyId } = ask('BatchCheckDeviceNames', { DeviceName: names }).body.Data as { ApplyId: number };
    clock.pass(1_000);
    emulator.aliyun.durations.createPerDeviceMs = 1_000;
    emulator.faults.add({ fault: { kind: 'failCreate', names: ['light-1'], reason: 'No.' } });
    ask('BatchRegisterDeviceWithApplyId', { ApplyId });
    clock.pass(4_000);
    return ask('QueryBatchRegisterDeviceStatus', { ApplyId }).body.Data;
  };

  test('are empty', () => {
    expect(running()).toMatchObject({ Status: 'CREATE', ValidList: { Name: [] }, InvalidList: { Name: [] } });
  });

  test('are not there', () => {
    assume({ listsWhileRunning: 'absent' });
    expect(running()).toEqual({ Status: 'CREATE' });
  });

  test('hold what was done so far', () => {
    assume({ listsWhileRunning: 'partial' });
    expect(running()).toMatchObject({
      Status: 'CREATE',
      ValidList: { Name: ['light-2'] },
      InvalidList: { Name: ['light-1'] },
      InvalidDetailList: { invalidDetailList: [{ DeviceName: 'light-1', ErrorMsg: 'No.' }] },
    });
  });
});

test('an ApplyId may be longer than the numbers of JavaScript, and is then still a number on the wire', () => {
  assume({ applyIds: 'long' });
  const parameters = { ProductKey: emulator.aliyun.productKey, DeviceName: names };
  const request = signedCall(emulator.aliyun.accessKey, 'BatchCheckDeviceNames', parameters, { date: clock.now() });
  const applyId = /"ApplyId":(\d+)[,}]/.exec(sent(emulator, request).text)?.[1] ?? '';
  expect(BigInt(applyId)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
  expect(emulator.aliyun.platform.listApplications()).toMatchObject([{ applyId }]);
  expect(ask('QueryBatchRegisterDeviceStatus', { ApplyId: applyId }).body).toMatchObject({ Success: true });
  expect(callRpc(emulator, 'BatchRegisterDevice', { ...parameters, Count: 1 }, { format: 'XML' }).text).toMatch(
    /<ApplyId>\d{16}<\/ApplyId>/,
  );
  expect(call(emulator, 'QueryPageByApplyId', { ApplyId: Number(applyId) - 1 }).body).toMatchObject({ Success: false });
});

test('a text of digits stays a text beside it', () => {
  const parameters = { ProductName: '1295006', NodeType: 0 };
  expect(call(emulator, 'CreateProduct', parameters).body).toMatchObject({ Data: { ProductName: '1295006' } });
});
