import { createPrivateKey, X509Certificate } from 'node:crypto';
import { defaultTencentAssumptions, type TencentAssumptions } from '../../../emulator';
import type { TencentApiVersion } from '../../../lib/batch/contract/cloud-reference';
import type { Cloud, CollectedDevice, FoundDevice } from '../../../lib/batch/ports/cloud';
import { answering, names, startBench, type Bench } from './harness';

const psk = 'PSKPRODUCT';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
  bench.running.emulator.tencent.seed({ products: [{ productId: psk, productName: 'keyed', encryption: 'psk' }] });
});
afterEach(() => bench.close());

const tencent = () => bench.running.emulator.tencent;
const seed = (...deviceNames: string[]) =>
  tencent().seed({ devices: deviceNames.map((deviceName) => ({ productId: tencent().productId, deviceName })) });
const left = (productId?: string) =>
  tencent()
    .devices(productId)
    .map(({ deviceName }) => deviceName);
const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);

async function settledJob(cloud: Cloud, list: readonly string[]): Promise<string> {
  const { jobId } = await cloud.commit(list, undefined);
  bench.running.emulator.advance(60_000);
  return jobId;
}

async function collectedJob(cloud: Cloud, jobId: string): Promise<CollectedDevice[]> {
  const found: CollectedDevice[] = [];
  let cursor: string | undefined;
  do {
    const { devices, next } = await cloud.collect(jobId, cursor);
    found.push(...devices);
    cursor = next;
  } while (cursor !== undefined);
  return found;
}

describe.each<TencentApiVersion>(['3.0', '2.0'])('a product by API %s', (apiVersion) => {
  const connect = (productId?: string) =>
    bench.connect({ reference: { apiVersion, ...(productId !== undefined && { productId }) } });

  test('takes a batch from its task to its deletion', async () => {
    const cloud = connect();
    const list = names(100);
    await cloud.inspect();
    await cloud.proveDeletable('nobody-has-this-name');
    expect(await cloud.lookUp(list)).toEqual([]);
    expect(await cloud.open(list)).toEqual({});
    const { jobId } = await cloud.commit(list, undefined);
    expect(await cloud.observe(list, jobId)).toEqual({ state: 'running' });
    bench.running.emulator.advance(1_000);
    expect(await cloud.observe(list, jobId)).toEqual({ state: 'running' });
    bench.running.emulator.advance(60_000);
    expect(await cloud.observe(list, jobId)).toEqual({ state: 'settled', created: list, failures: [] });
    const collected = await collectedJob(cloud, jobId);
    expect(collected.map(({ name }) => name)).toEqual(list);
    const found = await cloud.lookUp([...list, 'nobody']);
    expect(found.sort(byName).map(({ name, identity }) => ({ name, identity }))).toEqual(
      collected.map(({ name, identity }) => ({ name, identity })),
    );
    for (const device of collected) expect(await cloud.delete(device)).toBe('deleted');
    expect(left()).toEqual([]);
    expect(await cloud.delete(collected[0] as CollectedDevice)).toBe('gone');
  });

  test('says whether it knows more of a device than its name, and closes its connections', async () => {
    const transport = { ...answering({ body: '' }), close: jest.fn(async () => undefined) };
    const cloud = bench.connect({ reference: { apiVersion }, transport });
    expect(cloud.traits.knowsNamesOnly).toBe(apiVersion === '2.0' ? true : undefined);
    await cloud.close();
    expect(transport.close).toHaveBeenCalledTimes(1);
  });

  test('collects certificates with their private keys', async () => {
    const cloud = connect();
    const [device] = await collectedJob(cloud, await settledJob(cloud, ['light-1']));
    const { DeviceCert = '', DevicePrivateKey = '', ...rest } = device?.credentials ?? {};
    expect(rest).toEqual({});
    expect(new X509Certificate(DeviceCert).checkPrivateKey(createPrivateKey(DevicePrivateKey))).toBe(true);
  });

  test('collects pre-shared keys', async () => {
    const cloud = connect(psk);
    const [device] = await collectedJob(cloud, await settledJob(cloud, ['light-1']));
    expect(Object.keys(device?.credentials ?? {})).toEqual(['DevicePsk']);
    expect(tencent().hub.issuedSecrets()).toContain(device?.credentials.DevicePsk);
  });

  test('tells of each device that a finished task did not create why', async () => {
    seed('light-002');
    bench.running.emulator.faults.add({
      fault: { kind: 'failCreate', names: ['light-003'], result: 2999, reason: '设备创建失败' },
    });
    const cloud = connect();
    const jobId = await settledJob(cloud, names(4));
    expect(await cloud.observe(names(4), jobId)).toEqual({
      state: 'settled',
      created: ['light-001', 'light-004'],
      failures: [
        { name: 'light-002', code: '2001', reason: 'the device name exists already, Result 2001' },
        { name: 'light-003', code: '2999', reason: '设备创建失败, Result 2999' },
      ],
    });
    expect((await collectedJob(cloud, jobId)).map(({ name }) => name)).toEqual(['light-001', 'light-004']);
  });

  test('shows an unknown result as it is', async () => {
    bench.running.emulator.faults.add({ fault: { kind: 'failCreate', result: 2345 } });
    const cloud = connect();
    expect(await cloud.observe([], await settledJob(cloud, ['light-1']))).toMatchObject({
      failures: [{ name: 'light-1', code: '2345', reason: 'the cloud gave no reason, Result 2345' }],
    });
  });

  test('does not know a task whose month is over', async () => {
    const cloud = connect();
    const jobId = await settledJob(cloud, names(2));
    tencent().durations.taskLifeMs = 0;
    bench.clock.advance(1);
    expect(await cloud.observe(names(2), jobId)).toEqual({ state: 'absent' });
    await expect(cloud.collect(jobId, undefined)).rejects.toMatchObject({ details: { missing: 'job' } });
  });

  test("is not asked for another product's task without an error that says so", async () => {
    const jobId = await settledJob(connect(), names(2));
    await expect(connect(psk).observe(names(2), jobId)).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('check productId') as string,
    });
  });

  test('never takes an undocumented status for success', async () => {
    bench.running.emulator.faults.add({ fault: { kind: 'status', status: '3' } });
    const cloud = connect();
    expect(await cloud.observe([], await settledJob(cloud, names(1)))).toEqual({ state: 'unknown', raw: '3' });
  });

  test('refuses more names than a task may have before anything is sent', async () => {
    const cloud = connect();
    await expect(cloud.open(names(101))).rejects.toMatchObject({ kind: 'permanent', vendorCode: 'TooManyNames' });
    expect(bench.running.emulator.journal.calls()).toEqual([]);
  });

  test('does not exist: an error that says what to check, and gone on the way down', async () => {
    const cloud = connect('NOTHING');
    const missing = { kind: 'permanent', details: { missing: 'product' } };
    await expect(cloud.inspect()).rejects.toMatchObject(missing);
    await expect(cloud.commit(names(1), undefined)).rejects.toMatchObject(missing);
    expect(await cloud.delete({ name: 'light-1', identity: 'any' })).toBe('gone');
  });

  test('whose reserved name existed says that it is deleted now', async () => {
    seed('reserved');
    await expect(connect().proveDeletable('reserved')).rejects.toMatchObject({ vendorCode: 'ReservedNameExisted' });
    expect(left()).toEqual([]);
  });

  test('may be read by keys that may not delete, which proves nothing', async () => {
    const { secretId, secretKey } = bench.running.tencent;
    tencent().keys.put({ secretId, secretKey, denied: ['DeleteDevice'] });
    const cloud = connect();
    await cloud.inspect();
    await expect(cloud.proveDeletable('nobody')).rejects.toMatchObject({ kind: 'credentials' });
  });

  test('finds names among many devices, by listing them all', async () => {
    seed(...names(620, 'other-'));
    seed('light-001', 'light-003');
    const found = await connect().lookUp(names(50));
    expect(found.map(({ name }) => name).sort()).toEqual(['light-001', 'light-003']);
    // Version 2.0 lists twice: nothing else shows whether its pages have shifted.
    expect(bench.codes(apiVersion === '3.0' ? 'DescribeDevices' : 'ListDevices')).toHaveLength(
      apiVersion === '3.0' ? 3 : 14,
    );
  });

  test('whose listing shifts while it is read loses no device', async () => {
    seed(...names(600));
    const cloud = connect();
    const { journal } = bench.running.emulator;
    const operation = apiVersion === '3.0' ? 'DescribeDevices' : 'ListDevices';
    const wanted = names(600).slice(100);
    const lookingUp = cloud.lookUp(wanted);
    while (journal.calls(operation).length === 0) await new Promise((resolve) => setImmediate(resolve));
    names(100).forEach((name) => tencent().deleteDevice(name));
    expect((await lookingUp).map(({ name }) => name).sort()).toEqual(wanted);
  });

  test.each(['oldestFirst', 'newestFirst'] as const)(
    'whose listing, %s, shifts by as many as are made meanwhile loses no device',
    async (orderOfListing) => {
      Object.assign(tencent().assumptions, { orderOfListing });
      seed(...names(600));
      const cloud = connect();
      const { journal } = bench.running.emulator;
      const operation = apiVersion === '3.0' ? 'DescribeDevices' : 'ListDevices';
      const wanted = names(599).slice(1);
      const lookingUp = cloud.lookUp(wanted);
      while (journal.calls(operation).length === 0) await new Promise((resolve) => setImmediate(resolve));
      tencent().deleteDevice(orderOfListing === 'oldestFirst' ? 'light-001' : 'light-600');
      seed('somebody');
      expect((await lookingUp).map(({ name }) => name).sort()).toEqual(wanted);
    },
  );

  const alternatives: Partial<TencentAssumptions>[] = [
    { unusedFields: 'empty' },
    { unusedFields: 'null', textsOfFailures: 'present' },
    { orderOfTaskPage: 'byName', orderOfListing: 'newestFirst' },
    { orderOfTaskPage: 'backwards' },
    { limitOfTaskPage: { least: 10, most: 250 } },
    { deletedDevicesOfTask: 'leftOut' },
    { unknownTask: 'ResourceNotFound.TaskNotExist', deviceNameFilter: 'contains' },
    { neverOnline: 'null', createTime: 'null' },
    { legacyCode: 'text' },
    { legacyBrackets: '（）' },
    { legacyMissingDevice: 2003 },
    { legacyPageBeforeEnd: 'empty', legacyProductOfTask: 'optional' },
    { camDenial: 'UnauthorizedOperation' },
  ];

  test.each(alternatives)('lives the same life where the vendor is silent: %j', async (assumptions) => {
    Object.assign(tencent().assumptions, defaultTencentAssumptions, assumptions);
    seed('light-001');
    const cloud = connect();
    await cloud.proveDeletable('nobody');
    const jobId = await settledJob(cloud, ['light-003', 'light-001', 'light-002']);
    const state = await cloud.observe([], jobId);
    expect(state.state === 'settled' && state.created?.sort()).toEqual(['light-002', 'light-003']);
    expect(state.state === 'settled' && state.failures).toMatchObject([{ name: 'light-001', code: '2001' }]);
    const collected = await collectedJob(cloud, jobId);
    expect((await cloud.lookUp(names(3))).map(({ name }) => name).sort()).toEqual(names(3));
    for (const device of collected) {
      expect(await cloud.delete(device)).toBe('deleted');
      expect(await cloud.delete(device)).toBe('gone');
    }
    expect(left()).toEqual(['light-001']);
    expect(await cloud.observe([], 'nothing')).toEqual({ state: 'absent' });
  });
});

describe('by API 3.0 a device', () => {
  const found = async (...list: string[]): Promise<FoundDevice[]> => (await bench.connect().lookUp(list)).sort(byName);

  test('is known by its certificate, as the emulator knows it', async () => {
    const cloud = bench.connect();
    const [device] = await collectedJob(cloud, await settledJob(cloud, ['light-1']));
    expect(device?.identity).toBe(tencent().device('light-1')?.identity);
    const keyed = bench.connect({ reference: { productId: psk } });
    const [other] = await collectedJob(keyed, await settledJob(keyed, ['light-1']));
    expect(other?.identity).toBe(tencent().device('light-1', psk)?.identity);
  });

  test('tells when it was created, by our clock, and whether it ever connected', async () => {
    tencent().clockSkewMs = 120_000;
    seed('light-001', 'light-002', 'light-003', 'light-004');
    const now = bench.clock.now();
    tencent().connect('light-002');
    tencent().connect('light-003');
    tencent().disconnect('light-003');
    expect((await found(...names(4))).map(({ everConnected }) => everConnected)).toEqual([false, true, true, false]);
    for (const { createdAt = 0 } of await found(...names(4))) expect(Math.abs(createdAt - now)).toBeLessThan(1_000);
  });

  test('that is another one by now counts as gone, and is not deleted', async () => {
    const cloud = bench.connect();
    const [device] = await collectedJob(cloud, await settledJob(cloud, ['light-1']));
    tencent().deleteDevice('light-1');
    seed('light-1');
    expect(await cloud.delete(device as CollectedDevice)).toBe('gone');
    expect(left()).toEqual(['light-1']);
  });

  test('whose deletion lost its answer is looked at again before the next one, and a later one of its name stays', async () => {
    const cloud = bench.connect();
    const [device] = (await collectedJob(cloud, await settledJob(cloud, ['light-1']))) as [CollectedDevice];
    bench.running.emulator.faults.add({ operation: 'DeleteDevice', times: 1, fault: { kind: 'drop', when: 'after' } });
    await expect(cloud.delete(device)).rejects.toMatchObject({ kind: 'outcomeUnknown' });
    seed('light-1');
    expect(await cloud.delete(device)).toBe('gone');
    expect(left()).toEqual(['light-1']);
  });

  test('whose deletion never arrived is deleted the next time', async () => {
    const cloud = bench.connect();
    const [device] = (await collectedJob(cloud, await settledJob(cloud, ['light-1']))) as [CollectedDevice];
    bench.running.emulator.faults.add({ operation: 'DeleteDevice', times: 1, fault: { kind: 'drop', when: 'before' } });
    await expect(cloud.delete(device)).rejects.toMatchObject({ kind: 'outcomeUnknown' });
    expect(await cloud.delete(device)).toBe('deleted');
    expect(left()).toEqual([]);
  });

  test('tells its pre-shared key again, as long as it is the same device', async () => {
    const cloud = bench.connect({ reference: { productId: psk } });
    const all = (await collectedJob(cloud, await settledJob(cloud, names(3)))).sort(byName);
    tencent().deleteDevice('light-003', psk);
    tencent().seed({ devices: [{ productId: psk, deviceName: 'light-003' }] });
    expect((await cloud.readCredentials?.(all))?.sort(byName)).toEqual(all.slice(0, 2));
  });

  test('never tells the private key of its certificate again', async () => {
    const cloud = bench.connect();
    const all = await collectedJob(cloud, await settledJob(cloud, names(2)));
    expect(await cloud.readCredentials?.(all)).toEqual([]);
    expect(bench.codes('DescribeDeviceClientKey')).toEqual([]);
  });

  test('that cannot be deleted says why', async () => {
    const cloud = bench.connect();
    const [device] = await collectedJob(cloud, await settledJob(cloud, ['light-1']));
    const code = 'UnauthorizedOperation.DeviceHasAlreadyBindGateway';
    bench.running.emulator.faults.add({ operation: 'DeleteDevice', fault: { kind: 'businessError', code } });
    await expect(cloud.delete(device as CollectedDevice)).rejects.toMatchObject({
      kind: 'permanent',
      vendorCode: code,
      message: expect.stringContaining('unbind the device from its gateway') as string,
    });
  });

  test('of a few is asked for by name', async () => {
    seed('light-001', ...names(300, 'other-'));
    expect(await found('light-001', 'light-002')).toHaveLength(1);
    expect(bench.codes('DescribeDevices')).toEqual([]);
  });
});

describe('by API 2.0 a device', () => {
  test('tells neither when it was created nor whether it ever connected', async () => {
    seed('light-1');
    tencent().connect('light-1');
    const cloud = bench.connect({ reference: { apiVersion: '2.0' } });
    expect(cloud.limits.knowsActivation).toBe(false);
    expect(await cloud.lookUp(['light-1'])).toEqual([{ name: 'light-1', identity: 'name:light-1' }]);
    expect(await cloud.readCredentials?.([{ name: 'light-1', identity: 'name:light-1' }])).toEqual([]);
  });
});
