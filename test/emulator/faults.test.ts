import { type Fault, type FaultRule, IotEmulator, type RunningEmulator, startEmulator } from '../../emulator';
import { call, fetchCall, outcomeOf, signedCall, VirtualClock } from './signed-call';

describe('over HTTP', () => {
  let running: RunningEmulator;
  beforeAll(async () => {
    running = await startEmulator({ rates: false });
  });
  afterAll(() => running.close());
  beforeEach(() => running.emulator.reset());

  const send = (operation = 'QueryProduct', parameters: Record<string, string> = {}) =>
    fetchCall(
      running.url,
      signedCall(
        running.emulator.aliyun.accessKey,
        operation,
        { ProductKey: running.aliyun.productKey, ...parameters },
        { host: new URL(running.url).host },
      ),
    );
  const strike = (fault: Fault, match: Omit<FaultRule, 'fault'> = {}) =>
    running.emulator.faults.add({ fault, ...match });
  const seedDevice = () =>
    running.emulator.aliyun.seed({ devices: [{ productKey: running.aliyun.productKey, deviceName: 'light-1' }] });

  test('a throttled call is HTTP 400, with a hint only when asked for', async () => {
    strike({ kind: 'throttle' }, { times: 1 });
    strike({ kind: 'throttle', code: 'Throttling.Api', retryAfterMs: 250 });
    const [bare, hinted] = [await send(), await send()];
    expect([bare.status, bare.headers.get('x-acs-retry-after')]).toEqual([400, null]);
    expect(await bare.json()).toMatchObject({ Code: 'Throttling.User', Recommend: expect.any(String) as string });
    expect([hinted.status, hinted.headers.get('x-acs-retry-after')]).toEqual([400, '250']);
    expect(await hinted.json()).toMatchObject({ Code: 'Throttling.Api' });
  });

  test('a connection dropped before execution leaves everything as it was', async () => {
    seedDevice();
    strike({ kind: 'drop', when: 'before' });
    await expect(send('DeleteDevice', { DeviceName: 'light-1' })).rejects.toThrow();
    expect(running.emulator.aliyun.devices()).toHaveLength(1);
    expect(running.emulator.journal.calls()).toMatchObject([
      { operation: 'DeleteDevice', executed: false, delivered: 'dropped', faults: ['drop'] },
    ]);
  });

  test('a connection dropped after execution leaves the caller in the dark', async () => {
    seedDevice();
    strike({ kind: 'drop', when: 'after' });
    await expect(send('DeleteDevice', { DeviceName: 'light-1' })).rejects.toThrow();
    expect(running.emulator.aliyun.devices()).toHaveLength(0);
    expect(running.emulator.journal.calls()).toMatchObject([{ executed: true, delivered: 'dropped' }]);
  });

  test('a slow answer comes late, and the call is executed at once', async () => {
    seedDevice();
    strike({ kind: 'slow', ms: 80 });
    const began = performance.now();
    const answer = send('DeleteDevice', { DeviceName: 'light-1' });
    while (running.emulator.aliyun.devices().length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const executed = performance.now() - began;
    expect((await answer).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThanOrEqual(79);
    expect(executed).toBeLessThan(79);
  });

  test("a proxy's page is HTML with HTTP 502, with the call executed or not", async () => {
    seedDevice();
    strike({ kind: 'badGateway' }, { times: 1 });
    strike({ kind: 'badGateway', executed: true });
    const before = await send('DeleteDevice', { DeviceName: 'light-1' });
    expect([before.status, before.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(await before.text()).toContain('<html>');
    expect(running.emulator.aliyun.devices()).toHaveLength(1);
    expect((await send('DeleteDevice', { DeviceName: 'light-1' })).status).toBe(502);
    expect(running.emulator.aliyun.devices()).toHaveLength(0);
  });

  test('a truncated answer is whole as HTTP and broken as JSON', async () => {
    strike({ kind: 'truncated' });
    const text = await (await send()).text();
    expect(text).toMatch(/^\{"RequestId"/);
    expect(() => void JSON.parse(text)).toThrow(SyntaxError);
  });

  test('garbage is a success by its status', async () => {
    strike({ kind: 'garbage' });
    const answer = await send();
    expect(answer.ok).toBe(true);
    await expect(answer.json()).rejects.toThrow('JSON');
  });

  test('a cut answer breaks off in the middle', async () => {
    strike({ kind: 'cut' });
    await expect(send().then((answer) => answer.text())).rejects.toThrow();
  });

  test.each([
    ['InternalError', 500],
    ['ServiceUnavailable', 503],
  ])('%s is HTTP %i', async (code, status) => {
    strike({ kind: 'gatewayError', status, code });
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ Code: code, HostId: new URL(running.url).host });
  });

  test('a slow answer that nobody waits for does not keep the emulator from closing', async () => {
    const other = await startEmulator({ faults: [{ fault: { kind: 'slow', ms: 60_000 } }] });
    const answer = fetchCall(other.url, signedCall(other.aliyun, 'QueryProduct'));
    while (other.emulator.journal.calls().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await other.close();
    await expect(answer).rejects.toThrow();
  });
});

describe('without a socket', () => {
  let clock: VirtualClock;
  let emulator: IotEmulator;
  beforeEach(() => {
    clock = new VirtualClock();
    emulator = new IotEmulator({ clock, rates: false });
  });

  const ask = (operation: string, parameters: Parameters<typeof call>[2] = {}) =>
    call(emulator, operation, { ProductKey: emulator.aliyun.productKey, ...parameters });
  const names = ['light-1', 'light-2', 'light-3', 'lamp-4'];
  /** Checks and registers, and returns what the status query says at the end. */
  function run() {
    const { ApplyId } = ask('BatchCheckDeviceNames', { DeviceName: names }).body.Data as { ApplyId: number };
    clock.pass(60_000);
    ask('BatchRegisterDeviceWithApplyId', { ApplyId });
    clock.pass(60_000);
    return ask('QueryBatchRegisterDeviceStatus', { ApplyId }).body.Data;
  }

  test('a slow answer says how long to wait, and does not wait', () => {
    emulator.faults.add({ fault: { kind: 'slow', ms: 30_000 } });
    expect(ask('QueryProduct')).toMatchObject({ status: 200, delayMs: 30_000 });
  });

  test('a late request arrives although its connection is gone, and its twin is then refused', () => {
    emulator.aliyun.seed({ devices: [{ productKey: emulator.aliyun.productKey, deviceName: 'light-1' }] });
    emulator.faults.add({ times: 1, fault: { kind: 'late', ms: 20_000 } });
    const parameters = { ProductKey: emulator.aliyun.productKey, DeviceName: 'light-1' };
    const request = signedCall(emulator.aliyun.accessKey, 'DeleteDevice', parameters, { date: clock.now() });
    expect(emulator.handle(request)).toEqual({ kind: 'dropped', delayMs: 0 });
    clock.pass(19_999);
    expect(emulator.aliyun.devices()).toHaveLength(1);
    clock.pass(1);
    expect(emulator.aliyun.devices()).toHaveLength(0);
    expect(emulator.journal.deviceEvents().at(-1)).toMatchObject({ event: 'deleted', time: clock.now() });
    const twin = emulator.handle(request);
    expect(twin.kind === 'answered' && outcomeOf(twin).body).toMatchObject({ Code: 'SignatureNonceUsed' });
  });

  test('a late request is executed at its time, not when somebody looks', () => {
    emulator.faults.add({ times: 1, fault: { kind: 'late', ms: 10_000 } });
    const sent = clock.now();
    expect(() => ask('BatchCheckDeviceNames', { DeviceName: names })).toThrow('dropped');
    clock.pass(10_999);
    expect(emulator.aliyun.devices()).toEqual([]);
    expect(emulator.aliyun.platform.listApplications()).toMatchObject([{ createdAt: sent + 10_000, status: 'CHECK' }]);
    clock.pass(1);
    emulator.settle();
    expect(emulator.aliyun.platform.listApplications()).toMatchObject([{ status: 'CHECK_SUCCESS' }]);
  });

  test.each(['iot.system.SystemException', 'iot.device.DeleteDeviceFailed'])('%s on demand', (code) => {
    emulator.faults.add({ fault: { kind: 'businessError', code, message: '系统异常' } });
    expect(ask('QueryProduct')).toMatchObject({
      status: 200,
      body: { Success: false, Code: code, ErrorMessage: '系统异常' },
    });
  });

  test('an error without a code on demand', () => {
    emulator.faults.add({ fault: { kind: 'businessError', code: '' } });
    expect(ask('QueryProduct').body).not.toHaveProperty('Code');
  });

  test.each([
    { kind: 'businessError', code: 'iot.system.SystemException', executed: true },
    { kind: 'gatewayError', status: 500, code: 'InternalError', executed: true },
  ] satisfies Fault[])('an error of a call that was executed: %j', (fault) => {
    emulator.aliyun.seed({ devices: [{ productKey: emulator.aliyun.productKey, deviceName: 'light-1' }] });
    emulator.faults.add({ fault });
    expect(ask('DeleteDevice', { DeviceName: 'light-1' }).body).toMatchObject({ Code: fault.code });
    expect(emulator.aliyun.devices()).toEqual([]);
    expect(emulator.journal.calls()).toMatchObject([{ executed: true, code: fault.code }]);
  });

  test('a stuck check never ends', () => {
    emulator.faults.add({ fault: { kind: 'stuckJob', phase: 'CHECK' } });
    expect(run()).toMatchObject({ Status: 'CHECK' });
  });

  test('a stuck creation never ends', () => {
    emulator.faults.add({ fault: { kind: 'stuckJob', phase: 'CREATE' } });
    expect(run()).toMatchObject({ Status: 'CREATE' });
    expect(emulator.aliyun.devices()).toEqual([]);
  });

  test.each([
    ['names', { names: ['light-2', 'lamp-4'] }, ['light-2', 'lamp-4']],
    ['a pattern', { pattern: '^light' }, ['light-1', 'light-2', 'light-3']],
    ['a count', { count: 1 }, ['light-1']],
    ['nothing', {}, names],
  ])('a creation that fails in part, chosen by %s', (_, choice, failed) => {
    emulator.faults.add({ fault: { kind: 'failCreate', reason: 'quota', ...choice } });
    const created = names.filter((name) => !failed.includes(name));
    expect(run()).toEqual({
      Status: 'CREATE_FAILED',
      ValidList: { Name: created },
      InvalidList: { Name: failed },
      InvalidDetailList: {
        invalidDetailList: failed.map((name) => ({ DeviceName: name, NickName: '', ErrorMsg: 'quota' })),
      },
    });
    expect(emulator.aliyun.devices().map((device) => device.deviceName)).toEqual(created);
  });

  test('a check that fails for some names', () => {
    emulator.faults.add({ fault: { kind: 'failCheck', names: ['light-2'] } });
    expect(run()).toMatchObject({ Status: 'CHECK_FAILED', InvalidList: { Name: ['light-2'] } });
  });

  test('a status that nobody has documented', () => {
    emulator.faults.add({ fault: { kind: 'status', status: 'ARCHIVED' } });
    expect(run()).toMatchObject({ Status: 'ARCHIVED' });
  });

  test.each([
    ['missing', { Status: 'CREATE_SUCCESS' }],
    ['null', { Status: 'CREATE_SUCCESS', ValidList: null, InvalidList: null, InvalidDetailList: null }],
    ['empty', { Status: 'CREATE_SUCCESS', ValidList: {}, InvalidList: {}, InvalidDetailList: {} }],
    ['array', { Status: 'CREATE_SUCCESS', ValidList: [], InvalidList: [], InvalidDetailList: [] }],
  ] as const)('lists whose wrappers are %s', (as, data) => {
    emulator.faults.add({ operation: 'QueryBatchRegisterDeviceStatus', fault: { kind: 'wrappers', as } });
    expect(run()).toEqual(data);
  });

  test('bare arrays also inside Data', () => {
    run();
    emulator.faults.add({ fault: { kind: 'wrappers', as: 'array' } });
    expect(ask('BatchQueryDeviceDetail', { DeviceName: names }).body.Data).toHaveLength(4);
  });

  test("a skewed cloud, for one call: date refused, and its own time in the answer's Date", () => {
    emulator.faults.add({ times: 1, fault: { kind: 'clockSkew', ms: -16 * 60_000 } });
    const { headers, body } = ask('QueryProduct');
    expect(body).toMatchObject({ Code: 'InvalidTimeStamp.Expired' });
    expect(Date.parse(headers.date ?? '')).toBe(clock.now() - 16 * 60_000);
    expect(ask('QueryProduct').status).toBe(200);
  });
});

describe('a rule', () => {
  const outcomes = (emulator: IotEmulator, count: number, operation = 'QueryProduct') =>
    Array.from(
      { length: count },
      () => call(emulator, operation, { ProductKey: emulator.aliyun.productKey }).status === 200,
    );
  const fault: Fault = { kind: 'gatewayError', status: 500, code: 'InternalError' };

  test('strikes after so many calls, so many times', () => {
    const emulator = new IotEmulator({ rates: false, faults: [{ after: 2, times: 2, fault }] });
    expect(outcomes(emulator, 6)).toEqual([true, true, false, false, true, true]);
    expect(emulator.faults.list()).toMatchObject([{ seen: 6, struck: 2 }]);
  });

  test('counts only calls of its operation', () => {
    const emulator = new IotEmulator({ rates: false, faults: [{ operation: 'QueryDevice', after: 1, fault }] });
    expect(outcomes(emulator, 3)).toEqual([true, true, true]);
    expect(outcomes(emulator, 2, 'QueryDevice')).toEqual([true, false]);
  });

  test('strikes by chance, and the same seed gives the same chance', () => {
    const run = (seed: string) =>
      outcomes(new IotEmulator({ rates: false, seed, faults: [{ probability: 0.5, fault }] }), 60);
    expect(run('a')).toEqual(run('a'));
    expect(run('a')).not.toEqual(run('b'));
    expect(run('a').filter(Boolean).length).toBeGreaterThan(10);
    expect(run('a').filter(Boolean).length).toBeLessThan(50);
  });

  test('can be taken back, alone or with all others', () => {
    const emulator = new IotEmulator({ rates: false });
    const first = emulator.faults.add({ fault });
    emulator.faults.add({ operation: 'QueryDevice', fault });
    emulator.faults.clear(first);
    expect(outcomes(emulator, 1)).toEqual([true]);
    expect(outcomes(emulator, 1, 'QueryDevice')).toEqual([false]);
    emulator.faults.clear();
    expect(outcomes(emulator, 1, 'QueryDevice')).toEqual([true]);
  });

  test('with a broken pattern is refused when it is added', () => {
    const emulator = new IotEmulator();
    expect(() => emulator.faults.add({ fault: { kind: 'failCreate', pattern: '(' } })).toThrow(SyntaxError);
  });
});
