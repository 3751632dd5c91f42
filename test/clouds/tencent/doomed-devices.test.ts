import type { Cloud, FoundDevice } from '../../../lib/batch/ports/cloud';
import { intercept } from '../../../lib/clouds/http/transport';
import { undiciTransport } from '../../../lib/clouds/http/undici-transport';
import { names, startBench, type Bench } from './harness';

let bench: Bench;
let cloud: Cloud;
beforeEach(async () => {
  bench = await startBench({ tencent: { product: { encryption: 'psk' } } });
  cloud = bench.connect();
});
afterEach(() => bench.close());

const tencent = () => bench.running.emulator.tencent;
const seed = (...deviceNames: string[]) =>
  tencent().seed({ devices: deviceNames.map((deviceName) => ({ productId: tencent().productId, deviceName })) });
const left = () =>
  tencent()
    .devices()
    .map(({ deviceName }) => deviceName);
const look = async (list: readonly string[], of = list.length) => (await cloud.lookUpToDelete?.(list, of)) ?? [];
const calls = (operation: string) => bench.codes(operation).length;

test('devices to be deleted are listed once for many blocks, and asked for one by one no more', async () => {
  seed(...names(900));
  const all = names(900);
  for (let from = 0; from < 900; from += 100) {
    const block = await look(all.slice(from, from + 100), 900 - from);
    expect(block.map(({ name }) => name)).toEqual(all.slice(from, from + 100));
    expect(await Promise.all(block.map((device) => cloud.delete(device)))).not.toContain('gone');
  }
  expect(left()).toEqual([]);
  expect(calls('DescribeDevice')).toBe(0);
  expect(calls('DescribeDevices')).toBeLessThan(36);
});

test('what was told of a device is believed for half a minute, and not for longer (I1)', async () => {
  seed(...names(10));
  const [first, second] = (await look(names(10))) as [FoundDevice, FoundDevice];
  expect(await cloud.delete(first)).toBe('deleted');
  expect([calls('DescribeDevices'), calls('DescribeDevice')]).toEqual([2, 0]);
  tencent().deleteDevice(second.name);
  seed(second.name);
  bench.clock.advance(30_001);
  expect(await cloud.delete(second)).toBe('gone');
  expect(left()).toContain(second.name);
});

test('a listing serves until it is too old, the last few devices as well', async () => {
  seed(...names(10));
  for (const of of [10, 10, 3]) expect(await look(names(3), of)).toHaveLength(3);
  for (let i = 0; i < 3; i += 1) await cloud.inspect();
  expect([calls('DescribeDevices'), calls('DescribeDevice')]).toEqual([2, 0]);
});

test('a listing that took long serves for twice as long', async () => {
  seed(...names(10));
  const slow = intercept(undiciTransport(), async (request, next) => {
    await bench.clock.sleep(2_000);
    return next(request);
  });
  cloud = bench.connect({ transport: slow });
  await look(names(10));
  bench.clock.advance(3_900);
  await look(names(10));
  for (let i = 0; i < 3; i += 1) await cloud.inspect();
  expect([calls('DescribeDevices'), calls('DescribeDevice')]).toEqual([2, 0]);
});

test('a next listing that fails, while the last one serves, is made again (I8)', async () => {
  seed(...names(300));
  await look(names(300));
  const listed = calls('DescribeDevices');
  const fault = { kind: 'businessError', code: 'InvalidParameterValue' } as const;
  bench.running.emulator.faults.add({ operation: 'DescribeDevices', times: 1, fault });
  bench.clock.advance(1_900);
  await look(names(1), 300);
  while (calls('DescribeDevices') < listed + 1) await new Promise((resolve) => setImmediate(resolve));
  await cloud.inspect();
  await look(names(1), 300);
  bench.clock.advance(2_000);
  expect(await look(names(300))).toHaveLength(300);
});

test('the next listing is made beside the deletions, before the last one is too old: what has connected since is seen (I1)', async () => {
  seed(...names(1_000));
  await look(names(1_000));
  const listed = calls('DescribeDevices');
  bench.clock.advance(1_900);
  await look(names(1), 1_000);
  tencent().connect('light-002');
  while (calls('DescribeDevices') < listed + 5) await bench.clock.sleep(100);
  expect(calls('DescribeDevice')).toBe(0);
  bench.clock.advance(200);
  const again = await look(names(1_000));
  expect(again.filter(({ everConnected }) => everConnected).map(({ name }) => name)).toEqual(['light-002']);
});

test('what is deleted while the next listing is made is not taken for there', async () => {
  seed(...names(1_000));
  const [device] = (await look(names(1_000))) as [FoundDevice];
  const listed = calls('DescribeDevices');
  bench.clock.advance(1_900);
  await look(names(1), 1_000);
  while (calls('DescribeDevices') < listed + 2) await bench.clock.sleep(10);
  bench.running.emulator.faults.add({ operation: 'DeleteDevice', times: 1, fault: { kind: 'drop', when: 'after' } });
  await expect(cloud.delete(device)).rejects.toMatchObject({ kind: 'outcomeUnknown' });
  seed(device.name);
  bench.clock.advance(2_000);
  const again = await look(names(1), 1_000);
  expect(again.map(({ identity }) => identity)).not.toContain(device.identity);
});

test('one whose deletion arrives after a listing has shown it is not taken for there (I1)', async () => {
  seed(...names(1_000));
  const [device] = (await look(names(1_000))) as [FoundDevice];
  const listed = calls('DescribeDevices');
  bench.running.emulator.faults.add({ operation: 'DeleteDevice', times: 1, fault: { kind: 'late', ms: 1_500 } });
  bench.clock.advance(1_900);
  await expect(cloud.delete(device)).rejects.toMatchObject({ kind: 'outcomeUnknown' });
  await look(names(2).slice(1), 1_000);
  while (calls('DescribeDevices') < listed + 5) await bench.clock.sleep(100);
  bench.clock.advance(2_000);
  expect(left()).not.toContain(device.name);
  seed(device.name);
  const again = await look(names(1), 1_000);
  expect(again.map(({ identity }) => identity)).not.toContain(device.identity);
});

test('closed while a listing is made, it ends it', async () => {
  seed(...names(1_000));
  await look(names(1_000));
  bench.clock.advance(1_900);
  await look(names(1), 1_000);
  await cloud.close();
  const listed = calls('DescribeDevices');
  await bench.clock.sleep(10_000);
  expect(calls('DescribeDevices')).toBe(listed);
});

test('closing waits for the request of a listing that is under way', async () => {
  seed(...names(300));
  let answer: (() => void) | undefined;
  let held = false;
  const transport = intercept(undiciTransport(), async (request, next) => {
    const response = await next(request);
    if (held) await new Promise<void>((resolve) => (answer = resolve));
    return response;
  });
  cloud = bench.connect({ transport });
  await look(names(300));
  bench.clock.advance(1_900);
  held = true;
  await look(names(1), 300);
  while (answer === undefined) await new Promise((resolve) => setImmediate(resolve));
  let closed = false;
  const closing = cloud.close().then(() => (closed = true));
  await bench.connect().inspect();
  expect(closed).toBe(false);
  answer();
  await closing;
});

test.each([300, 3])('what was seen is forgotten after a minute, where %i devices are left', async (count) => {
  seed(...names(300));
  await look(names(300));
  bench.clock.advance(61_000);
  tencent().connect('light-001');
  const again = await look(names(count));
  expect(again.filter(({ everConnected }) => everConnected).map(({ name }) => name)).toEqual(['light-001']);
});

test('one that was seen and is another one since, after a lost deletion, stays (I1)', async () => {
  seed(...names(10));
  const [device] = (await look(names(10))) as [FoundDevice];
  bench.running.emulator.faults.add({ operation: 'DeleteDevice', times: 1, fault: { kind: 'drop', when: 'after' } });
  await expect(cloud.delete(device)).rejects.toMatchObject({ kind: 'outcomeUnknown' });
  seed(device.name);
  expect(await cloud.delete(device)).toBe('gone');
  expect(left()).toContain(device.name);
});

test('what is deleted while the product is listed hides no other device', async () => {
  seed(...names(1_000));
  const looking = look(names(1_000));
  while (calls('DescribeDevices') < 2) await new Promise((resolve) => setImmediate(resolve));
  names(120).forEach((name) => tencent().deleteDevice(name));
  const found = (await looking).map(({ name }) => name);
  expect(found).toEqual(expect.arrayContaining(names(1_000).slice(120)));
});

test('a few in a large product are asked for by name, the last three without a look at its size', async () => {
  seed(...names(3_000));
  await look(names(3));
  expect([calls('DescribeDevices'), calls('DescribeDevice')]).toEqual([0, 3]);
  await look(names(5));
  expect([calls('DescribeDevices'), calls('DescribeDevice')]).toEqual([1, 8]);
});

test('a look-up that is for nothing else never remembers: a name may be another device from one moment to the next (I3)', async () => {
  seed(...names(300));
  await look(names(300));
  tencent().deleteDevice('light-001');
  expect((await cloud.lookUp(names(300))).map(({ name }) => name)).not.toContain('light-001');
});

test('API 2.0 needs no look before a deletion, for it could tell nothing', () => {
  expect(bench.connect({ reference: { apiVersion: '2.0' } })).toHaveProperty('lookUpToDelete', undefined);
});
