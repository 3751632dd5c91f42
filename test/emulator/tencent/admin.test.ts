import { type RunningEmulator, startEmulator } from '../../../emulator';
import { callTc3 } from './tc3-call';

let running: RunningEmulator;
beforeAll(async () => {
  running = await startEmulator();
});
afterAll(() => running.close());
beforeEach(() => running.emulator.reset());

async function admin(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${running.url}/_emulator/tencent/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

test('products, devices and keys can be seeded and are then there for clients', async () => {
  const { body } = await admin('POST', 'seed', {
    products: [{ productId: 'SEEDED0001', productName: 'seeded', encryption: 'psk' }],
    devices: [
      { productId: 'SEEDED0001', deviceName: 'light-1', connected: 'offline' },
      { productId: 'SEEDED0001', deviceName: 'light-2', connected: 'online' },
      { productId: 'SEEDED0001', deviceName: 'light-3' },
    ],
    keys: [{ secretId: 'second', secretKey: 's', denied: ['DeleteDevice'] }],
  });
  expect(body).toMatchObject({ products: [{}, { productId: 'SEEDED0001', encryption: 'psk', deviceCount: 3 }] });
  const parameters = { ProductId: 'SEEDED0001', Offset: 0, Limit: 10 };
  const listed = callTc3(running.emulator, 'DescribeDevices', parameters, {
    key: { secretId: 'second', secretKey: 's' },
  });
  const activated = expect.any(Number) as number;
  expect(listed.body.Devices).toMatchObject([
    { DeviceName: 'light-1', Online: 0, FirstOnlineTime: activated, LastOfflineTime: activated },
    { DeviceName: 'light-2', Online: 1, FirstOnlineTime: activated, LastOfflineTime: 0 },
    { DeviceName: 'light-3', Online: 0, FirstOnlineTime: 0 },
  ]);
});

test('devices are shown without pre-shared keys unless asked for, and issued secrets are listed for ever', async () => {
  const productId = 'SEEDED0001';
  const devices = [{ productId, deviceName: 'light-1' }];
  await admin('POST', 'seed', { products: [{ productId, encryption: 'psk' }], devices });
  const [psk] = (await admin('GET', 'secrets')).body as string[];
  expect(psk).toMatch(/==$/);
  const shown = (await admin('GET', `devices?productId=${productId}`)).body;
  expect(shown).toMatchObject([{ deviceName: 'light-1', identity: expect.stringMatching(/^[0-9a-f]{64}$/) as string }]);
  expect(JSON.stringify(shown)).not.toContain(psk);
  expect((await admin('GET', `devices?productId=${productId}&secrets`)).body).toMatchObject([{ psk }]);
  await admin('POST', 'delete', { deviceName: 'light-1', productId });
  expect((await admin('GET', `devices?productId=${productId}`)).body).toEqual([]);
  expect((await admin('GET', 'secrets')).body).toEqual([psk]);
});

test('keys are shown without secrets', async () => {
  expect((await admin('GET', 'keys')).body).toEqual([{ secretId: running.tencent.secretId }]);
});

test('a device can be connected and disconnected', async () => {
  await admin('POST', 'seed', { devices: [{ productId: running.tencent.productId, deviceName: 'light-1' }] });
  await admin('POST', 'connect', { deviceName: 'light-1' });
  expect((await admin('GET', 'devices')).body).toMatchObject([{ online: true }]);
  await admin('POST', 'disconnect', { deviceName: 'light-1' });
  const time = expect.any(Number) as number;
  expect((await admin('GET', 'devices')).body).toMatchObject([{ online: false, firstOnlineAt: time }]);
  expect(running.emulator.journal.deviceEvents().map(({ event }) => event)).toEqual([
    'seeded',
    'connected',
    'disconnected',
  ]);
  const unknown = await admin('POST', 'connect', { deviceName: 'nobody' });
  expect(unknown).toMatchObject({ status: 400, body: { message: expect.stringContaining('nobody') as string } });
});

test('tasks are shown with what they made and what they did not', async () => {
  const { productId } = running.tencent;
  await admin('POST', 'seed', { devices: [{ productId, deviceName: 'light-1' }] });
  callTc3(running.emulator, 'CreateMultiDevice', { ProductId: productId, DeviceNames: ['light-1', 'light-2'] });
  running.emulator.advance(60_000);
  expect((await admin('GET', 'tasks')).body).toMatchObject([
    {
      ...{ productId, status: 2, deviceNames: ['light-1', 'light-2'], created: ['light-2'] },
      failures: [{ deviceName: 'light-1', result: 2001, reason: 'The device name already exists.' }],
    },
  ]);
});

test('assumptions, durations, quotas, rates, versions and the skew can be switched', async () => {
  const before = (await admin('GET', 'switches')).body;
  const asked = {
    assumptions: { legacyExpired: 4200, limitOfTaskPage: { least: 10, most: 250 } },
    ...{
      durations: { startMs: 5 },
      quotas: { products: 7 },
      rates: false,
      clockSkewMs: 1_000,
      versions: ['2021-04-08'],
    },
  };
  expect((await admin('POST', 'switches', asked)).body).toMatchObject(asked);
  expect(running.emulator.tencent.assumptions.legacyExpired).toBe(4200);
  expect((await admin('POST', 'switches', { assumptions: { legacyExpired: 1 } })).status).toBe(400);
  expect((await admin('POST', 'switches', before)).body).toEqual(before);
});

test('a reset leaves the first product and key', async () => {
  await admin('POST', 'seed', {
    products: [{ productId: 'ANOTHER001' }],
    devices: [{ productId: running.tencent.productId, deviceName: 'light-1' }],
    keys: [{ secretId: 'a', secretKey: 'b' }],
  });
  running.emulator.reset();
  expect((await admin('GET', 'products')).body).toEqual([
    { productId: running.tencent.productId, productName: 'emulated', encryption: 'certificate', deviceCount: 0 },
  ]);
  expect((await admin('GET', 'keys')).body).toHaveLength(1);
  expect((await admin('GET', 'tasks')).body).toEqual([]);
  expect((await admin('GET', 'secrets')).body).toEqual([]);
});
