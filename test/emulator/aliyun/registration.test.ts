import { IotEmulator } from '../../../emulator';
import { call, type Parameters, VirtualClock } from '../signed-call';

let clock: VirtualClock;
let emulator: IotEmulator;
beforeEach(() => {
  clock = new VirtualClock();
  emulator = new IotEmulator({
    clock,
    rates: false,
    aliyun: { durations: { checkMs: 1_000, createMs: 5_000, createPerDeviceMs: 100 } },
  });
});

const names = ['light-1', 'light-2', 'light-3'];
const productKey = () => emulator.aliyun.productKey;
const dataOf = (body: Record<string, unknown>) => body.Data as Record<string, unknown>;

function check(deviceNames: readonly string[], more: Parameters = {}) {
  return call(
    emulator,
    'BatchCheckDeviceNames',
    { ProductKey: productKey(), ...more },
    { form: { DeviceName: deviceNames } },
  );
}
function applied(deviceNames: readonly string[] = names): number {
  return dataOf(check(deviceNames).body).ApplyId as number;
}
function register(applyId: number, more: Parameters = {}) {
  return call(emulator, 'BatchRegisterDeviceWithApplyId', { ProductKey: productKey(), ApplyId: applyId, ...more });
}
function status(applyId: number, more: Parameters = {}) {
  return call(emulator, 'QueryBatchRegisterDeviceStatus', { ProductKey: productKey(), ApplyId: applyId, ...more });
}
const statusOf = (applyId: number) => dataOf(status(applyId).body).Status;
function page(applyId: number, more: Parameters = {}) {
  return call(emulator, 'QueryPageByApplyId', { ApplyId: applyId, ...more });
}
/** Checked and created, as far as it goes. */
function settled(deviceNames: readonly string[] = names): number {
  const applyId = applied(deviceNames);
  clock.pass(1_000);
  register(applyId);
  clock.pass(5_000 + 100 * deviceNames.length);
  return applyId;
}

describe('a batch', () => {
  test('goes from CHECK to CREATE_SUCCESS by the clock, and only when it is registered', () => {
    const applyId = applied();
    expect(statusOf(applyId)).toBe('CHECK');
    clock.pass(999);
    expect(statusOf(applyId)).toBe('CHECK');
    clock.pass(1);
    expect(statusOf(applyId)).toBe('CHECK_SUCCESS');
    clock.pass(3_600_000);
    expect(statusOf(applyId)).toBe('CHECK_SUCCESS');
    expect(emulator.aliyun.devices()).toEqual([]);
    register(applyId);
    expect(statusOf(applyId)).toBe('CREATE');
    clock.pass(5_299);
    expect(statusOf(applyId)).toBe('CREATE');
    clock.pass(1);
    expect(statusOf(applyId)).toBe('CREATE_SUCCESS');
  });

  test('appears device by device', () => {
    const applyId = applied();
    clock.pass(1_000);
    register(applyId);
    const began = clock.now();
    clock.pass(5_150);
    expect(emulator.aliyun.devices().map((device) => device.deviceName)).toEqual(['light-1']);
    clock.pass(10_000);
    expect(emulator.aliyun.devices().map((device) => device.createdAt - began)).toEqual([5_100, 5_200, 5_300]);
  });

  test('ends sooner on a faster clock, and at once when the clock is advanced', () => {
    emulator.setSpeed(100);
    const applyId = applied();
    clock.pass(10);
    expect(statusOf(applyId)).toBe('CHECK_SUCCESS');
    register(applyId);
    emulator.advance(5_300);
    expect(statusOf(applyId)).toBe('CREATE_SUCCESS');
  });

  test.each(['CHECK_SUCCESS', 'CREATE_SUCCESS'])('has three empty lists in %s', (state) => {
    const applyId = state === 'CHECK_SUCCESS' ? applied() : settled();
    clock.pass(1_000);
    expect(status(applyId).body).toEqual({
      RequestId: expect.any(String) as string,
      Success: true,
      Data: {
        Status: state,
        ValidList: { Name: [] },
        InvalidList: { Name: [] },
        InvalidDetailList: { invalidDetailList: [] },
      },
    });
  });

  test('may name its devices in the query as well', () => {
    const { body } = call(emulator, 'BatchCheckDeviceNames', { ProductKey: productKey(), DeviceName: names });
    expect(body).toEqual({
      RequestId: expect.any(String) as string,
      Success: true,
      Data: { ApplyId: expect.any(Number) as number },
    });
  });

  test('takes the names of DeviceNameList where both lists are given, with their nicknames', () => {
    const applyId = dataOf(
      check(['ignored'], { 'DeviceNameList.1.DeviceName': 'light-1', 'DeviceNameList.1.DeviceNickname': '路灯' }).body,
    ).ApplyId as number;
    clock.pass(1_000);
    register(applyId);
    clock.pass(10_000);
    expect(emulator.aliyun.devices()).toMatchObject([{ deviceName: 'light-1', nickname: '路灯' }]);
  });

  test('loses names beyond 10,000 without a word', () => {
    const applyId = settled(Array.from({ length: 10_003 }, (_, index) => `light-${index}`));
    clock.pass(1_000_000);
    expect(page(applyId).body).toMatchObject({ Total: 10_000 });
  });

  test('loses names beyond 1,000 of an X.509 product, and creates all of it or nothing', () => {
    emulator.aliyun.seed({ products: [{ productKey: 'a1x509', authType: 'x509' }] });
    const many = Array.from({ length: 1_001 }, (_, index) => `light-${index}`);
    const applyId = dataOf(check(many, { ProductKey: 'a1x509' }).body).ApplyId as number;
    clock.pass(1_000);
    emulator.aliyun.seed({ devices: [{ productKey: 'a1x509', deviceName: 'light-7' }] });
    register(applyId, { ProductKey: 'a1x509' });
    clock.pass(1_000_000);
    const { Status, InvalidList } = dataOf(status(applyId, { ProductKey: 'a1x509' }).body);
    expect(Status).toBe('CREATE_FAILED');
    expect((InvalidList as { Name: string[] }).Name).toHaveLength(1_000);
    expect(emulator.aliyun.devices('a1x509')).toHaveLength(1);
  });
});

describe('names that are not accepted', () => {
  const bad = ['good', 'ünicode', 'abc', 'twice', 'twice'];

  test('are listed at once, in the wrappers of the vendor and with its spelling', () => {
    expect(check(bad).body).toMatchObject({
      Success: false,
      Code: 'iot.device.InvalidFormattedDeviceName',
      Data: {
        InvalidDeviceNameList: { InvalidDeviceName: ['ünicode', 'abc'] },
        InvalidDeviceNicknameList: { InvalidDeviceNickname: [] },
        RepeatedDeviceNameList: { RepeatDevieNameList: ['twice'] },
        InvalidDetailList: {
          InvalidDetailList: [
            { DeviceName: 'ünicode', NickName: '', ErrorMsg: 'The device name is illegal.' },
            { DeviceName: 'abc', NickName: '', ErrorMsg: 'The device name is illegal.' },
            { DeviceName: 'twice', NickName: '', ErrorMsg: 'The device name is repeated.' },
          ],
        },
      },
    });
    expect(emulator.aliyun.platform.listApplications()).toEqual([]);
  });

  test('end in CHECK_FAILED under the other assumption', () => {
    emulator.aliyun.assumptions.malformedNames = 'listed';
    const { body } = check(bad);
    expect(body).toMatchObject({ Success: true, Data: { RepeatedDeviceNameList: { RepeatDevieNameList: ['twice'] } } });
    clock.pass(1_000);
    expect(dataOf(status(dataOf(body).ApplyId as number).body)).toMatchObject({
      Status: 'CHECK_FAILED',
      ValidList: { Name: ['good'] },
      InvalidList: { Name: ['ünicode', 'abc', 'twice'] },
    });
  });

  test('several reasons stand in one text, parted by a bar', () => {
    const { body } = check([], { 'DeviceNameList.1.DeviceName': 'abc', 'DeviceNameList.1.DeviceNickname': 'x' });
    expect(body).toMatchObject({
      Data: {
        InvalidDeviceNicknameList: { InvalidDeviceNickname: ['x'] },
        InvalidDetailList: {
          InvalidDetailList: [
            { DeviceName: 'abc', NickName: 'x', ErrorMsg: 'The device name is illegal.|The nick name is illegal.' },
          ],
        },
      },
    });
  });

  test('names that exist fail the check, and nothing is created', () => {
    settled(['light-2']);
    const applyId = applied();
    clock.pass(1_000);
    expect(dataOf(status(applyId).body)).toEqual({
      Status: 'CHECK_FAILED',
      ValidList: { Name: ['light-1', 'light-3'] },
      InvalidList: { Name: ['light-2'] },
      InvalidDetailList: {
        invalidDetailList: [{ DeviceName: 'light-2', NickName: '', ErrorMsg: 'The device name already exists.' }],
      },
    });
  });

  test('names that exist pass the check and fail to be created, under the other assumption', () => {
    emulator.aliyun.assumptions.existingNamesInCheck = 'pass';
    settled(['light-2']);
    expect(dataOf(status(settled()).body)).toMatchObject({
      Status: 'CREATE_FAILED',
      ValidList: { Name: ['light-1', 'light-3'] },
      InvalidList: { Name: ['light-2'] },
    });
  });

  test('of two batches that checked the same name, the first to create it has it', () => {
    const [first, second] = [applied(['light-1']), applied(['light-1', 'light-2'])];
    clock.pass(1_000);
    register(first);
    register(second);
    clock.pass(10_000);
    expect([statusOf(first), statusOf(second)]).toEqual(['CREATE_SUCCESS', 'CREATE_FAILED']);
    expect(emulator.aliyun.devices()).toHaveLength(2);
  });

  test.each([
    [[], {}, 'iot.device.NoneDeviceNameElement'],
    [[], { 'DeviceNameList.1.DeviceNickname': 'alone' }, 'iot.device.NullDeviceName'],
  ])('an empty list or a nickname alone is an error', (list, more, code) => {
    expect(check(list, more).body).toMatchObject({ Success: false, Code: code });
  });
});

describe('registering', () => {
  test('a second time changes nothing and says so to nobody', () => {
    const applyId = settled();
    expect(register(applyId).body).toMatchObject({ Success: true, Data: { ApplyId: applyId } });
    clock.pass(10_000);
    expect(emulator.aliyun.devices()).toHaveLength(3);
  });

  test('a second time is refused under the other assumption', () => {
    emulator.aliyun.assumptions.repeatedRegister = 'refuse';
    const applyId = applied();
    clock.pass(1_000);
    register(applyId);
    expect(register(applyId).body).toMatchObject({ Code: 'iot.device.CreateDeviceTaskIsRunning' });
    clock.pass(10_000);
    expect(register(applyId).body).toMatchObject({ Code: 'iot.device.IncorrentDeviceApplyInfo' });
  });

  test('too early, after a failed check, or with a wrong id is refused', () => {
    settled(['light-2']);
    const applyId = applied();
    expect(register(applyId).body).toMatchObject({ Code: 'iot.device.CreateDeviceTaskIsRunning' });
    clock.pass(1_000);
    expect(register(applyId).body).toMatchObject({ Code: 'iot.device.IncorrentDeviceApplyInfo' });
    expect(register(1).body).toMatchObject({ Code: 'iot.device.DeviceApplyIsNotFound' });
    expect(register(applyId, { ApplyId: 'one' }).body).toMatchObject({ Code: 'iot.device.InvalidFormattedApplyId' });
    expect(register(applyId, { ApplyId: undefined }).body).toMatchObject({ Code: 'MissingApplyId' });
  });

  test('with the ApplyId of another product is refused', () => {
    emulator.aliyun.seed({ products: [{ productKey: 'a1other0000' }] });
    const applyId = applied();
    expect(status(applyId, { ProductKey: 'a1other0000' }).body).toMatchObject({
      Code: 'iot.device.IncorrentDeviceApplyInfo',
    });
  });

  test('an application can be forgotten after a time', () => {
    emulator.aliyun.assumptions.applyIdRetentionMs = 60_000;
    const applyId = applied();
    clock.pass(60_000);
    expect(statusOf(applyId)).toBe('CHECK_SUCCESS');
    clock.pass(1);
    expect(status(applyId).body).toMatchObject({ Code: 'iot.device.DeviceApplyIsNotFound' });
  });
});

describe('the pages of a batch', () => {
  test('are flat, of ten by default and fifty at most, in the order of the names', () => {
    const many = Array.from({ length: 53 }, (_, index) => `light-${index}`);
    const applyId = settled(many);
    const { body } = page(applyId);
    expect(body).toMatchObject({ Success: true, Page: 1, PageCount: 6, PageSize: 10, Total: 53 });
    expect(body).not.toHaveProperty('Data');
    const second = page(applyId, { CurrentPage: 2, PageSize: 50 }).body;
    expect(second).toMatchObject({ Page: 2, PageCount: 2, PageSize: 50, Total: 53 });
    expect(second.ApplyDeviceList).toEqual({
      ApplyDeviceInfo: many.slice(50).map((deviceName) => ({
        DeviceId: expect.any(String) as string,
        DeviceName: deviceName,
        DeviceSecret: expect.stringMatching(/^[A-Za-z0-9]{32}$/) as string,
        IotId: emulator.aliyun.device(deviceName)?.iotId,
      })),
    });
    expect(page(applyId, { CurrentPage: 3, PageSize: 50 }).body).toMatchObject({
      ApplyDeviceList: { ApplyDeviceInfo: [] },
      Total: 53,
    });
  });

  test.each([{ PageSize: 51 }, { PageSize: 0 }, { CurrentPage: 0 }, { CurrentPage: 'one' }])('refuse %j', (more) => {
    expect(page(settled(), more).body).toMatchObject({ Success: false, Code: 'iot.common.InvalidPageParams' });
  });

  test('are refused, empty or partial before the end, as assumed', () => {
    const applyId = applied();
    clock.pass(1_000);
    register(applyId);
    clock.pass(5_100);
    expect(page(applyId).body).toMatchObject({ Code: 'iot.device.CreateDeviceTaskIsRunning' });
    emulator.aliyun.assumptions.pageBeforeEnd = 'empty';
    expect(page(applyId).body).toMatchObject({ Total: 0 });
    emulator.aliyun.assumptions.pageBeforeEnd = 'partial';
    expect(page(applyId).body).toMatchObject({ Total: 1 });
  });

  test('leave out deleted devices, or list them for ever, as assumed', () => {
    const applyId = settled();
    emulator.aliyun.deleteDevice('light-1');
    expect(page(applyId).body).toMatchObject({ Total: 2 });
    emulator.aliyun.assumptions.pageAfterDeletion = 'asCreated';
    expect(page(applyId).body).toMatchObject({ Total: 3 });
  });
});

describe('a product in an instance with an id', () => {
  beforeEach(() => emulator.aliyun.seed({ products: [{ productKey: 'a1instance0', instanceId: 'iot-060a0001' }] }));

  test.each([
    ['BatchCheckDeviceNames', { DeviceName: names }],
    ['QueryProduct', {}],
    ['QueryDevice', {}],
    ['BatchQueryDeviceDetail', { DeviceName: names }],
    ['BatchGetDeviceState', { DeviceName: names }],
  ])('must be named together with it in %s', (operation, parameters) => {
    const asked = { ProductKey: 'a1instance0', ...parameters };
    const refused = { Success: false, Code: 'iot.system.InstanceNotFound' };
    expect(call(emulator, operation, asked).body).toMatchObject(refused);
    expect(call(emulator, operation, { ...asked, IotInstanceId: 'iot-other' }).body).toMatchObject(refused);
    expect(call(emulator, operation, { ...asked, IotInstanceId: 'iot-060a0001' }).body).toMatchObject({
      Success: true,
    });
  });

  test('must be named where only an ApplyId or IotId is asked for', () => {
    const instance = { IotInstanceId: 'iot-060a0001' };
    const inInstance = { ProductKey: 'a1instance0', ...instance };
    const applyId = dataOf(check(names, inInstance).body).ApplyId as number;
    clock.pass(1_000);
    register(applyId, inInstance);
    clock.pass(10_000);
    expect(page(applyId).body).toMatchObject({ Code: 'iot.system.InstanceNotFound' });
    expect(page(applyId, instance).body).toMatchObject({ Total: 3 });
    const iotId = emulator.aliyun.device('light-1', 'a1instance0')?.iotId;
    expect(call(emulator, 'DeleteDevice', { IotId: iotId }).body).toMatchObject({
      Code: 'iot.system.InstanceNotFound',
    });
    expect(call(emulator, 'DeleteDevice', { IotId: iotId, ...instance }).body).toMatchObject({ Success: true });
  });
});

test('business errors come with HTTP 200, or 400 under the other assumption', () => {
  expect(status(1).status).toBe(200);
  emulator.aliyun.assumptions.businessErrorStatus = 400;
  expect(status(1)).toMatchObject({ status: 400, body: { Success: false, Code: 'iot.device.DeviceApplyIsNotFound' } });
});

test("a missing parameter is the gateway's error, or the service's under the other assumption", () => {
  expect(call(emulator, 'QueryProduct')).toMatchObject({ status: 400, body: { Code: 'MissingProductKey' } });
  emulator.aliyun.assumptions.missingParameter = 'business';
  expect(call(emulator, 'QueryProduct')).toMatchObject({ status: 200, body: { Code: 'iot.prod.NullProductKey' } });
});
