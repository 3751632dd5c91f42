import { type Fault, IotEmulator, type RunningEmulator, startEmulator } from '../../../emulator';
import { call, fetchCall, VirtualClock } from '../signed-call';
import { callLegacy } from './query-call';
import { callTc3, tc3Call } from './tc3-call';

describe('over HTTP', () => {
  let running: RunningEmulator;
  beforeAll(async () => {
    running = await startEmulator({ rates: false });
  });
  afterAll(() => running.close());
  beforeEach(() => {
    running.emulator.reset();
    running.emulator.tencent.seed({ devices: [{ productId: running.tencent.productId, deviceName: 'light-1' }] });
  });

  const remove = (fault: Fault) => {
    running.emulator.faults.add({ fault });
    const parameters = { ProductId: running.tencent.productId, DeviceName: 'light-1' };
    const host = new URL(running.url).host;
    return fetchCall(running.url, tc3Call(running.tencent, 'DeleteDevice', parameters, { host }));
  };
  const left = () => running.emulator.tencent.devices().length;

  test.each([
    ['before', 1],
    ['after', 0],
  ] as const)('a connection dropped %s execution leaves %i device', async (when, devices) => {
    await expect(remove({ kind: 'drop', when })).rejects.toThrow();
    expect(left()).toBe(devices);
    expect(running.emulator.journal.calls()).toMatchObject([
      { cloud: 'tencent', operation: 'DeleteDevice', executed: when === 'after', delivered: 'dropped' },
    ]);
  });

  test('a proxy answers in HTML', async () => {
    const answer = await remove({ kind: 'badGateway', executed: true });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(left()).toBe(0);
  });

  test.each([{ kind: 'truncated' }, { kind: 'garbage' }] as const)('an answer is no JSON: %j', async (fault) => {
    const answer = await remove(fault);
    expect(answer.status).toBe(200);
    await expect(answer.json()).rejects.toThrow('JSON');
  });

  test('an answer is cut', async () => {
    await expect(remove({ kind: 'cut' }).then((answer) => answer.text())).rejects.toThrow();
  });

  test('an error may have an HTTP status, which the vendor never sends itself', async () => {
    const answer = await remove({ kind: 'gatewayError', status: 503, code: 'ServiceUnavailable' });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ Response: { Error: { Code: 'ServiceUnavailable' } } });
    expect(left()).toBe(1);
  });
});

describe('without a socket', () => {
  let clock: VirtualClock;
  let emulator: IotEmulator;
  beforeEach(() => {
    clock = new VirtualClock();
    emulator = new IotEmulator({ clock, rates: false });
    emulator.tencent.seed({ devices: [{ productId: emulator.tencent.productId, deviceName: 'light-1' }] });
  });

  const target = () => ({ ProductId: emulator.tencent.productId, DeviceName: 'light-1' });
  const remove = () => callTc3(emulator, 'DeleteDevice', target());
  const legacyRemove = () =>
    callLegacy(emulator, 'DeleteDevice', { productID: emulator.tencent.productId, deviceName: 'light-1' });

  test('a call is throttled, by the code of its API', () => {
    emulator.faults.add({ fault: { kind: 'throttle' } });
    expect(remove()).toMatchObject({ status: 200, code: 'RequestLimitExceeded' });
    expect(legacyRemove()).toMatchObject({ status: 200, code: 4400 });
    emulator.faults.clear();
    emulator.faults.add({ fault: { kind: 'throttle', code: 'RequestLimitExceeded.UinLimitExceeded' } });
    expect(remove().code).toBe('RequestLimitExceeded.UinLimitExceeded');
  });

  test.each([false, true])('an internal error, with the call executed: %p', (executed) => {
    emulator.faults.add({ fault: { kind: 'businessError', code: 'InternalError', message: '内部错误', executed } });
    expect(remove().body).toMatchObject({ Error: { Code: 'InternalError', Message: '内部错误' } });
    expect(emulator.tencent.devices()).toHaveLength(executed ? 0 : 1);
  });

  test.each([
    ['InternalError', 6000, '(2100)no'],
    ['6200', 6200, 'no'],
    ['2101', 4000, '(2101)no'],
    ['2999', 5100, '(2999)no'],
    ['FailedOperation.AccountIsolated', 5100, 'no'],
  ])('API 2.0 says %s as %i with the message %s', (code, number, message) => {
    emulator.faults.add({ fault: { kind: 'businessError', code, message: 'no' } });
    expect(legacyRemove()).toMatchObject({ code: number, message });
  });

  test('a device that cannot be deleted says so', () => {
    emulator.faults.add({
      fault: { kind: 'businessError', code: 'UnauthorizedOperation.DeviceHasAlreadyBindGateway' },
    });
    expect(remove().code).toBe('UnauthorizedOperation.DeviceHasAlreadyBindGateway');
  });

  test('a late request arrives although its connection is gone', () => {
    emulator.faults.add({ times: 1, fault: { kind: 'late', ms: 20_000 } });
    expect(remove).toThrow('dropped');
    clock.pass(19_999);
    expect(emulator.tencent.devices()).toHaveLength(1);
    clock.pass(1);
    expect(emulator.tencent.devices()).toHaveLength(0);
  });

  test('a late request that is too late is refused', () => {
    emulator.faults.add({ times: 1, fault: { kind: 'late', ms: 301_000 } });
    expect(remove).toThrow('dropped');
    clock.pass(302_000);
    expect(emulator.tencent.devices()).toHaveLength(1);
    expect(emulator.journal.calls()).toMatchObject([{ executed: false, code: 'AuthFailure.SignatureExpire' }]);
  });

  test("a skewed cloud, for one call, with its own time in the answer's Date", () => {
    emulator.faults.add({ times: 1, fault: { kind: 'clockSkew', ms: -6 * 60_000 } });
    const { headers, code } = remove();
    expect(code).toBe('AuthFailure.SignatureExpire');
    expect(Date.parse(headers.date ?? '')).toBe(clock.now() - 6 * 60_000);
    expect(remove().code).toBeUndefined();
  });

  test('a rule may be for one cloud only', () => {
    emulator.faults.add({ cloud: 'aliyun', fault: { kind: 'throttle' } });
    expect(remove().code).toBeUndefined();
    emulator.faults.clear();
    emulator.faults.add({ cloud: 'tencent', fault: { kind: 'throttle' } });
    expect(remove().code).toBe('RequestLimitExceeded');
    const parameters = { ProductKey: emulator.aliyun.productKey };
    expect(call(emulator, 'QueryProduct', parameters).body).toMatchObject({ Success: true });
  });

  test.each([
    { kind: 'failCheck' },
    { kind: 'wrappers', as: 'null' },
    { kind: 'status', status: '1' },
    { kind: 'stuckJob', phase: 'CREATE' },
  ] satisfies Fault[])('what makes no sense for a call does not count it: %j', (fault) => {
    emulator.faults.add({ fault });
    remove();
    expect(emulator.faults.list()).toMatchObject([{ seen: 0 }]);
  });
});

describe('rates', () => {
  const allowed = (emulator: IotEmulator, operation: string, calls: number) =>
    Array.from({ length: calls }, () => callTc3(emulator, operation).code).filter(
      (code) => code !== 'RequestLimitExceeded',
    ).length;

  test('hold for one second, of each operation and each API for itself', () => {
    const clock = new VirtualClock();
    const emulator = new IotEmulator({ clock });
    expect(allowed(emulator, 'CreateMultiDevice', 120)).toBe(100);
    expect(allowed(emulator, 'DescribeDevices', 30)).toBe(20);
    expect(callLegacy(emulator, 'CreateMultiDevice').code).toBe(4000);
    clock.pass(500);
    expect(allowed(emulator, 'DescribeDevices', 30)).toBe(10);
  });

  test('are shared by all keys, and can be scaled and switched off', () => {
    const emulator = new IotEmulator({ clock: new VirtualClock(), rates: 0.5 });
    const key = { secretId: 'another', secretKey: 's' };
    emulator.tencent.seed({ keys: [key] });
    expect(allowed(emulator, 'DescribeDevices', 30)).toBe(10);
    expect(callTc3(emulator, 'DescribeDevices', {}, { key }).code).toBe('RequestLimitExceeded');
    expect(allowed(new IotEmulator({ clock: new VirtualClock(), rates: false }), 'DescribeDevices', 100)).toBe(100);
  });

  test('of one cloud are not used up by calls to the other', () => {
    const emulator = new IotEmulator({ clock: new VirtualClock() });
    expect(allowed(emulator, 'DeleteDevice', 120)).toBe(100);
    expect(call(emulator, 'DeleteDevice', { IotId: 'x' }).body).toMatchObject({ Code: 'iot.device.NotExistedDevice' });
  });
});
