import { IotEmulator } from '../../../emulator';
import { callRpc } from '../rpc-call';
import { call, type Parameters, VirtualClock } from '../signed-call';

const instance = { ProductKey: 'a1instance0', IotInstanceId: 'iot-060a0001' };
let clock: VirtualClock;
let emulator: IotEmulator;
beforeEach(() => {
  clock = new VirtualClock();
  emulator = new IotEmulator({ clock, rates: false });
  emulator.aliyun.seed({ products: [{ productKey: instance.ProductKey, instanceId: instance.IotInstanceId }] });
});

type Imported = [name: string, secret: string, sn?: string];

function listOf(devices: readonly Imported[]): Parameters {
  const pairs = devices.flatMap(([name, secret, sn], index): [string, string | undefined][] => [
    [`DeviceList.${index + 1}.DeviceName`, name],
    [`DeviceList.${index + 1}.DeviceSecret`, secret],
    [`DeviceList.${index + 1}.Sn`, sn],
  ]);
  return Object.fromEntries(pairs);
}
const ask = (operation: string, parameters: Parameters = {}) =>
  call(emulator, operation, { ...instance, ...parameters }).body;
const imported = (...devices: Imported[]) => ask('BatchImportDevice', listOf(devices));
const page = (applyId: number, parameters: Parameters = {}) =>
  ask('QueryImportedDeviceByApplyId', { ApplyId: applyId, PageNo: 1, PageSize: 10, ...parameters });
const applyIdOf = (body: Record<string, unknown>) => (body.Data as { ApplyId: number }).ApplyId;

test('devices are imported with the secrets that they bring, and listed in lower case', () => {
  const applyId = applyIdOf(imported(['light-1', 'ours-1', 'SN_1'], ['light-2', 'ours-2']));
  expect(page(applyId)).toMatchObject({ Code: 'iot.device.CreateDeviceTaskIsRunning' });
  clock.pass(60_000);
  expect(page(applyId)).toEqual({
    RequestId: expect.any(String) as string,
    Success: true,
    DeviceList: {
      device: [
        { DeviceName: 'light-1', DeviceSecret: 'ours-1', ProductKey: instance.ProductKey, Sn: 'SN_1' },
        { DeviceName: 'light-2', DeviceSecret: 'ours-2', ProductKey: instance.ProductKey, Sn: '' },
      ],
    },
    PageNo: 1,
    PageSize: 10,
    ProductKey: instance.ProductKey,
    TotalPage: 1,
  });
  expect(page(applyId, { PageNo: 2, PageSize: 1 })).toMatchObject({
    DeviceList: { device: [{ DeviceName: 'light-2' }] },
  });
  expect(page(applyId, { PageSize: 51 })).toMatchObject({ Code: 'iot.common.InvalidPageParams' });
});

const faulty: Imported[] = [
  ['abc', 'fine'],
  ['twice', 'with blank'],
  ['twice', 'x'.repeat(33)],
  ['exists', 'fine', 'S-N'],
  ['good', 'fine', 'SN_1'],
];

test('an import is checked as a whole: nothing of it is created if anything is wrong', () => {
  emulator.aliyun.seed({ devices: [{ productKey: instance.ProductKey, deviceName: 'exists' }] });
  expect(imported(...faulty)).toMatchObject({
    Success: false,
    Code: 'iot.device.InvalidFormattedDeviceName',
    Data: {
      InvalidDeviceNameList: { invalidDeviceName: ['abc'] },
      InvalidDeviceSecretList: { invalidDeviceSecret: ['with blank', 'x'.repeat(33)] },
      InvalidSnList: { invalidSn: ['S-N'] },
      RepeatedDeviceNameList: { repeatedDeviceName: ['twice', 'exists'] },
    },
  });
  expect(imported(['exists', 'fine'])).toMatchObject({ Code: 'iot.device.AlreadyExistedDeviceName' });
  expect(imported(['light-1', 'not fine'])).toMatchObject({ Code: 'iot.common.InvalidFormattedParameter' });
  clock.pass(60_000);
  expect(emulator.aliyun.devices(instance.ProductKey)).toHaveLength(1);
});

test('the check alone succeeds with the same lists, bare', () => {
  emulator.aliyun.seed({ devices: [{ productKey: instance.ProductKey, deviceName: 'exists' }] });
  expect(ask('BatchCheckImportDevice', listOf(faulty))).toMatchObject({
    Success: true,
    Data: {
      InvalidDeviceNameList: ['abc'],
      InvalidDeviceSecretList: ['with blank', 'x'.repeat(33)],
      InvalidSnList: ['S-N'],
      RepeatedDeviceNameList: ['twice', 'exists'],
    },
  });
  expect(emulator.aliyun.platform.listApplications()).toEqual([]);
});

test('the public instance has no imports, unless it is assumed to', () => {
  const parameters = {
    ProductKey: emulator.aliyun.productKey,
    IotInstanceId: undefined,
    ...listOf([['light-1', 'ours']]),
  };
  expect(ask('BatchImportDevice', parameters)).toMatchObject({ Code: 'iot.common.APINotSupportedInInstance' });
  emulator.aliyun.assumptions.importWithoutInstance = 'accept';
  expect(ask('BatchImportDevice', parameters)).toMatchObject({ Success: true });
});

test('an application that imported nothing has no imported devices', () => {
  const applyId = applyIdOf(ask('BatchRegisterDevice', { Count: 1 }));
  expect(page(applyId)).toMatchObject({ Code: 'iot.device.DeviceApplyIsNotFound' });
});

test('the secrets of an import stay out of the journal and of what a wrong signature is told', () => {
  const secret = 'owners-secret';
  const parameters = { ...instance, ...listOf([['light-1', secret]]) };
  const key = { ...emulator.aliyun.accessKey, accessKeySecret: 'wrong' };
  const told = [
    JSON.stringify(call(emulator, 'BatchImportDevice', parameters, { key }).body),
    callRpc(emulator, 'BatchImportDevice', parameters, { key }).text,
  ];
  told.forEach((text) => expect(text).toContain('SignatureDoesNotMatch'));
  imported(['light-1', secret]);
  expect(JSON.stringify([told, emulator.journal.calls()])).not.toContain(secret);
  expect(emulator.journal.calls('BatchImportDevice').at(-1)?.parameters).toEqual({ ...instance, DeviceList: 1 });
  clock.pass(60_000);
  emulator.settle();
  expect(emulator.aliyun.platform.issuedSecrets()).toContain(secret);
});
