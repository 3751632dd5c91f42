import { IotEmulator } from '../../../emulator';
import { call, type Parameters, signedCall, VirtualClock } from '../signed-call';
import { rpcCall, sent } from '../rpc-call';

let clock: VirtualClock;
let emulator: IotEmulator;
beforeEach(() => {
  clock = new VirtualClock();
  emulator = new IotEmulator({
    clock,
    rates: false,
    aliyun: { durations: { createMs: 2_000, createPerDeviceMs: 10 } },
  });
});

const productKey = () => emulator.aliyun.productKey;
const register = (parameters: Parameters) =>
  call(emulator, 'BatchRegisterDevice', { ProductKey: productKey(), ...parameters }).body;
const applied = (count: number) => (register({ Count: count }).Data as { ApplyId: number }).ApplyId;
const status = (applyId: number) =>
  call(emulator, 'QueryBatchRegisterDeviceStatus', { ProductKey: productKey(), ApplyId: applyId }).body.Data as Record<
    string,
    unknown
  >;

describe('BatchRegisterDevice', () => {
  test('creates as many devices as asked for, without a check, under names of its own', () => {
    const applyId = applied(20);
    expect(status(applyId).Status).toBe('CREATE');
    clock.pass(2_200);
    expect(status(applyId)).toEqual({
      Status: 'CREATE_SUCCESS',
      ValidList: { Name: [] },
      InvalidList: { Name: [] },
      InvalidDetailList: { invalidDetailList: [] },
    });
    const names = emulator.aliyun.devices().map(({ deviceName }) => deviceName);
    expect(new Set(names).size).toBe(20);
    expect(names.every((name) => /^[A-Za-z0-9]{20}$/.test(name))).toBe(true);
    const { Total, ApplyDeviceList } = call(emulator, 'QueryPageByApplyId', { ApplyId: applyId, PageSize: 50 }).body;
    expect(Total).toBe(20);
    const listed = (ApplyDeviceList as { ApplyDeviceInfo: { DeviceName: string }[] }).ApplyDeviceInfo;
    expect(listed.map(({ DeviceName }) => DeviceName)).toEqual(names);
  });

  test('makes other names and another application each time', () => {
    expect(applied(3)).not.toBe(applied(3));
    clock.pass(10_000);
    expect(new Set(emulator.aliyun.devices().map(({ deviceName }) => deviceName)).size).toBe(6);
  });

  test.each([
    [{}, 'MissingCount'],
    [{ Count: 0 }, 'iot.common.InvalidFormattedParameter'],
    [{ Count: 'many' }, 'iot.common.InvalidFormattedParameter'],
    [{ Count: 10_001 }, 'iot.device.DeviceCountExceeded'],
    [{ Count: 1, ProductKey: 'a1nothing00' }, 'iot.prod.NotExistedProduct'],
  ])('refuses %j with %s', (parameters, code) => {
    expect(register(parameters)).toMatchObject({ Code: code });
    expect(emulator.aliyun.platform.listApplications()).toEqual([]);
  });

  test('takes 10,000, and 1,000 of an X.509 product', () => {
    emulator.aliyun.seed({ products: [{ productKey: 'a1x509', authType: 'x509' }] });
    expect(register({ Count: 10_000 })).toMatchObject({ Success: true });
    expect(register({ Count: 1_000, ProductKey: 'a1x509' })).toMatchObject({ Success: true });
    expect(register({ Count: 1_001, ProductKey: 'a1x509' })).toMatchObject({ Code: 'iot.device.DeviceCountExceeded' });
  });

  test('fails in part, or never ends, where a fault says so', () => {
    emulator.faults.add({ times: 1, fault: { kind: 'failCreate', count: 2, reason: 'No room.' } });
    emulator.faults.add({ after: 1, fault: { kind: 'stuckJob', phase: 'CREATE' } });
    const [partial, stuck] = [applied(5), applied(1)];
    clock.pass(3_600_000);
    expect(status(partial)).toMatchObject({
      Status: 'CREATE_FAILED',
      InvalidDetailList: { invalidDetailList: [{ ErrorMsg: 'No room.' }, { ErrorMsg: 'No room.' }] },
    });
    expect(status(stuck).Status).toBe('CREATE');
    expect(emulator.aliyun.devices()).toHaveLength(3);
  });
});

describe.each([
  ['ACS3', signedCall],
  ['HMAC-SHA1', rpcCall],
] as const)('BatchRegisterDevice by %s, whose answer was lost', (_, signed) => {
  const minute = 60_000;
  const request = () =>
    signed(
      emulator.aliyun.accessKey,
      'BatchRegisterDevice',
      { ProductKey: productKey(), Count: 3 },
      { date: clock.now() },
    );
  const again = (bytes: ReturnType<typeof request>) => {
    const { status: code, text } = sent(emulator, bytes);
    return { status: code, body: JSON.parse(text) as Record<string, unknown> };
  };

  test('had arrived, if the same bytes are refused for their nonce within 15 minutes', () => {
    emulator.faults.add({ times: 1, fault: { kind: 'drop', when: 'after' } });
    const bytes = request();
    expect(emulator.handle(bytes)).toMatchObject({ kind: 'dropped' });
    clock.pass(15 * minute);
    expect(again(bytes)).toMatchObject({ status: 400, body: { Code: 'SignatureNonceUsed' } });
    expect(emulator.aliyun.devices()).toHaveLength(3);
  });

  test('had not arrived, if the same bytes are taken', () => {
    emulator.faults.add({ times: 1, fault: { kind: 'drop', when: 'before' } });
    const bytes = request();
    expect(emulator.handle(bytes)).toMatchObject({ kind: 'dropped' });
    clock.pass(10 * minute);
    expect(again(bytes)).toMatchObject({ status: 200, body: { Success: true } });
    clock.pass(10_000);
    expect(emulator.aliyun.devices()).toHaveLength(3);
  });

  test('can no longer be asked about after 15 minutes', () => {
    const bytes = request();
    emulator.handle(bytes);
    clock.pass(15 * minute + 1_000);
    expect(again(bytes)).toMatchObject({ status: 400, body: { Code: 'InvalidTimeStamp.Expired' } });
  });

  test.each([
    ['used', 'SignatureNonceUsed'],
    ['free', undefined],
  ] as const)('was throttled, and its nonce is %s', (nonceOfRefusedCall, code) => {
    emulator.aliyun.assumptions.nonceOfRefusedCall = nonceOfRefusedCall;
    emulator.faults.add({ times: 1, fault: { kind: 'throttle' } });
    const bytes = request();
    expect(again(bytes).body.Code).toBe('Throttling.User');
    expect(again(bytes).body.Code).toBe(code);
  });
});
