import { type RunningEmulator, startEmulator } from '../../emulator';
import { call } from './signed-call';

let running: RunningEmulator;
beforeAll(async () => {
  running = await startEmulator();
});
afterAll(() => running.close());
beforeEach(() => running.emulator.reset());

async function admin(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${running.url}/_emulator/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

const seed = (deviceName: string, status?: string) =>
  admin('POST', 'aliyun/seed', { devices: [{ productKey: running.aliyun.productKey, deviceName, status }] });

test('products, devices and keys can be seeded and are then there for clients', async () => {
  const { body } = await admin('POST', 'aliyun/seed', {
    products: [{ productKey: 'a1seeded000', productName: 'seeded', instanceId: 'iot-060a' }],
    devices: [{ productKey: 'a1seeded000', deviceName: 'light-1', status: 'ONLINE' }],
    keys: [{ accessKeyId: 'second', accessKeySecret: 's', denied: ['DeleteDevice'] }],
  });
  expect(body).toMatchObject({ products: [{}, { productKey: 'a1seeded000', deviceCount: 1, instanceId: 'iot-060a' }] });
  const key = { accessKeyId: 'second', accessKeySecret: 's' };
  const parameters = { ProductKey: 'a1seeded000', IotInstanceId: 'iot-060a', DeviceName: ['light-1'] };
  expect(call(running.emulator, 'BatchGetDeviceState', parameters, { key }).body).toMatchObject({
    DeviceStatusList: { DeviceStatus: [{ Status: 'ONLINE' }] },
  });
});

test('devices are shown without secrets unless asked for', async () => {
  await seed('light-1');
  const secret = running.emulator.aliyun.device('light-1')?.deviceSecret;
  expect((await admin('GET', 'aliyun/devices')).body).toEqual([
    expect.not.objectContaining({ deviceSecret: expect.anything() as unknown }),
  ]);
  expect((await admin('GET', 'aliyun/devices?secrets')).body).toMatchObject([{ deviceSecret: secret }]);
});

test('secrets are listed for ever, so that leaks of deleted devices are found as well', async () => {
  await seed('light-1');
  const secret = running.emulator.aliyun.device('light-1')?.deviceSecret;
  await admin('POST', 'aliyun/delete', { deviceName: 'light-1' });
  expect((await admin('GET', 'aliyun/devices')).body).toEqual([]);
  expect((await admin('GET', 'aliyun/secrets')).body).toEqual([secret]);
});

test('keys are shown without secrets', async () => {
  const { body } = await admin('GET', 'aliyun/keys');
  expect(body).toEqual([{ accessKeyId: running.aliyun.accessKeyId }]);
});

test('a device can be connected and disconnected', async () => {
  await seed('light-1');
  await admin('POST', 'aliyun/connect', { deviceName: 'light-1' });
  await admin('POST', 'aliyun/disconnect', { deviceName: 'light-1' });
  expect((await admin('GET', 'aliyun/devices')).body).toMatchObject([
    { status: 'OFFLINE', activatedAt: expect.any(Number) as number },
  ]);
  const unknown = await admin('POST', 'aliyun/connect', { deviceName: 'nobody' });
  expect(unknown).toMatchObject({ status: 400, body: { message: expect.stringContaining('nobody') as string } });
});

test('the journal has every call and every device event, in one order, and no secret', async () => {
  const parameters = { ProductKey: running.aliyun.productKey };
  call(running.emulator, 'BatchCheckDeviceNames', parameters, { form: { DeviceName: ['light-1', 'light-2'] } });
  const [{ applyId = 0 } = {}] = running.emulator.aliyun.platform.listApplications();
  await admin('POST', 'clock', { advanceMs: 10_000 });
  call(running.emulator, 'BatchRegisterDeviceWithApplyId', { ...parameters, ApplyId: applyId });
  await admin('POST', 'clock', { advanceMs: 10_000 });

  const { body } = await admin('GET', 'journal');
  expect(body).toMatchObject({
    calls: [
      {
        seq: 1,
        operation: 'BatchCheckDeviceNames',
        parameters: { ...parameters, DeviceName: 2 },
        executed: true,
        delivered: 'answered',
        status: 200,
        faults: [],
        accessKeyId: running.aliyun.accessKeyId,
      },
      { seq: 2, operation: 'BatchRegisterDeviceWithApplyId', parameters: { ApplyId: String(applyId) } },
    ],
    deviceEvents: [
      { seq: 3, event: 'created', deviceName: 'light-1', jobId: String(applyId) },
      { seq: 4, event: 'created', deviceName: 'light-2' },
    ],
  });
  const journal = JSON.stringify(body);
  for (const secret of running.emulator.aliyun.platform.issuedSecrets()) expect(journal).not.toContain(secret);
  expect((await admin('GET', 'journal?operation=DeleteDevice')).body).toMatchObject({ calls: [] });
  expect((await admin('GET', 'aliyun/applications')).body).toMatchObject([
    { applyId, status: 'CREATE_SUCCESS', created: ['light-1', 'light-2'], failures: {} },
  ]);
});

test('faults can be added, listed, and removed one by one or all', async () => {
  const rule = { operation: 'DeleteDevice', times: 1, fault: { kind: 'drop', when: 'after' } };
  const { id } = (await admin('POST', 'faults', rule)).body as { id: number };
  expect((await admin('GET', 'faults')).body).toEqual([{ ...rule, id, seen: 0, struck: 0 }]);
  await admin('DELETE', `faults/${id}`);
  expect((await admin('GET', 'faults')).body).toEqual([]);
  await admin('POST', 'faults', rule);
  await admin('DELETE', 'faults');
  expect((await admin('GET', 'faults')).body).toEqual([]);
});

test('a rule that makes no sense is refused with the reason', async () => {
  const answer = await admin('POST', 'faults', { fault: { kind: 'drop', when: 'sometimes' } });
  expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining('fault.when') as string } });
  expect((await admin('POST', 'faults', { fault: { kind: 'failCreate', pattern: '(' } })).status).toBe(400);
});

test('assumptions, durations, rates and the skew can be switched', async () => {
  const asked = {
    assumptions: { businessErrorStatus: 400 },
    durations: { checkMs: 5 },
    rates: false,
    clockSkewMs: 1_000,
  };
  const { body } = await admin('POST', 'aliyun/switches', asked);
  expect(body).toMatchObject(asked);
  expect(running.emulator.aliyun.assumptions.businessErrorStatus).toBe(400);
  const back = {
    assumptions: { businessErrorStatus: 200 },
    durations: { checkMs: 1_000 },
    rates: true,
    clockSkewMs: 0,
  };
  expect((await admin('POST', 'aliyun/switches', back)).body).toMatchObject(back);
  expect((await admin('POST', 'aliyun/switches', { assumptions: { malformedNames: 'x' } })).status).toBe(400);
});

test('the clock can be read, sped up and advanced', async () => {
  expect((await admin('POST', 'clock', { speed: 50 })).body).toMatchObject({ speed: 50 });
  const before = (await admin('GET', 'clock')).body as { time: number; workTime: number };
  const after = (await admin('POST', 'clock', { advanceMs: 3_600_000, speed: 1 })).body as typeof before;
  expect(after.workTime - before.workTime).toBeGreaterThanOrEqual(3_600_000);
  expect(after.time - before.time).toBeLessThan(60_000);
});

test('a reset leaves the first product and key, and no fault', async () => {
  await admin('POST', 'faults', { fault: { kind: 'garbage' } });
  await admin('POST', 'aliyun/seed', {
    products: [{ productKey: 'a1another00' }],
    keys: [{ accessKeyId: 'a', accessKeySecret: 'b' }],
  });
  await seed('light-1');
  await admin('POST', 'reset');
  expect((await admin('GET', 'aliyun/products')).body).toMatchObject([
    { productKey: running.aliyun.productKey, deviceCount: 0 },
  ]);
  expect((await admin('GET', 'aliyun/keys')).body).toHaveLength(1);
  expect((await admin('GET', 'journal')).body).toEqual({ calls: [], deviceEvents: [] });
  expect((await admin('GET', 'faults')).body).toEqual([]);
});

test('an unknown call is answered with those that there are', async () => {
  expect(await admin('GET', 'nothing')).toMatchObject({
    status: 404,
    body: { calls: expect.arrayContaining(['GET journal', 'POST aliyun/seed']) as string[] },
  });
});
