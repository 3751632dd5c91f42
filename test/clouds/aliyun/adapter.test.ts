import type { Cloud, CollectedDevice, JobState } from '../../../lib/batch/ports/cloud';
import { json, names, startBench, type Bench } from './harness';

let bench: Bench;
let cloud: Cloud;

const start = async (options: Parameters<typeof startBench>[0] = {}) => {
  bench = await startBench(options);
  cloud = bench.connect();
};

afterEach(() => bench.close());

/** Opens a job and lets its check end. */
async function checked(list: readonly string[]): Promise<string> {
  const { jobId } = await cloud.open(list);
  bench.running.emulator.advance(60_000);
  return jobId ?? '';
}

async function registered(list: readonly string[]): Promise<string> {
  const jobId = await checked(list);
  await cloud.commit(list, jobId);
  bench.running.emulator.advance(600_000);
  return jobId;
}

async function collected(jobId: string): Promise<CollectedDevice[]> {
  const devices: CollectedDevice[] = [];
  let cursor: string | undefined;
  do {
    const page = await cloud.collect(jobId, cursor);
    devices.push(...page.devices);
    cursor = page.next;
  } while (cursor !== undefined);
  return devices;
}

describe('a job', () => {
  test('goes from checking to settled, and its devices are collected page by page', async () => {
    await start();
    const list = names(120);
    const states: JobState['state'][] = [];
    const { jobId = '' } = await cloud.open(list);
    states.push((await cloud.observe(list, jobId)).state);
    bench.running.emulator.advance(60_000);
    states.push((await cloud.observe(list, jobId)).state);
    expect(await cloud.commit(list, jobId)).toEqual({ jobId });
    states.push((await cloud.observe(list, jobId)).state);
    bench.running.emulator.advance(600_000);
    expect(await cloud.observe(list, jobId)).toEqual({ state: 'settled', failures: [] });
    expect(states).toEqual(['checking', 'checked', 'running']);

    expect(await cloud.collect(jobId, undefined)).toMatchObject({ total: 120, next: '2' });
    const devices = await collected(jobId);
    expect(devices.map((device) => device.name).sort()).toEqual(list);
    for (const { name, identity, credentials } of devices) {
      const device = bench.running.emulator.aliyun.device(name);
      expect({ identity, credentials }).toEqual({
        identity: device?.iotId,
        credentials: { DeviceSecret: device?.deviceSecret },
      });
    }
    expect(bench.operations().filter((name) => name === 'QueryPageByApplyId')).toHaveLength(4);
  });

  test.each([{}, { ApplyId: null }])(
    'I4: has not begun where the answer is %j, and is not registered without an id',
    async (Data) => {
      await start();
      const server = await bench.serve(json({ RequestId: 'r', Success: true, Data }));
      const other = bench.connect({ reference: { endpoint: server.url } });
      await expect(other.open(names(2))).rejects.toMatchObject({ kind: 'permanent', vendorCode: 'IncompleteAnswer' });
      await expect(other.commit(names(2), undefined)).rejects.toMatchObject({ vendorCode: 'NoApplyId' });
      expect(server.requests).toEqual(['BatchCheckDeviceNames']);
    },
  );

  const someDevices = { ApplyDeviceInfo: [{ DeviceName: 'light-001', IotId: 'i' }] };
  test.each([
    ['the first of 50', undefined, 50, someDevices, {}],
    ['the first of 51', undefined, 51, someDevices, { next: '2', others: ['2'] }],
    ['the first of 120', undefined, 120, someDevices, { next: '2', others: ['2', '3'] }],
    ['the second of 120', '2', 120, someDevices, { next: '3' }],
    ['the last of 120', '3', 120, someDevices, {}],
    ['one that is empty', '2', 120, { ApplyDeviceInfo: [] }, {}],
    [
      'the first of as many as a job can have',
      undefined,
      10_000,
      someDevices,
      { next: '2', others: Array.from({ length: 199 }, (_, index) => String(index + 2)) },
    ],
    ['the first of more than a job can have', undefined, 10_001, someDevices, { next: '2' }],
  ])('tells of its pages which are still to come: %s', async (_which, cursor, Total, ApplyDeviceList, coming) => {
    await start();
    const server = await bench.serve(json({ RequestId: 'r', Success: true, Total, ApplyDeviceList }));
    const { devices, total, ...rest } = await bench
      .connect({ reference: { endpoint: server.url } })
      .collect('1295006', cursor);
    expect([total, rest]).toEqual([Total, coming]);
    // Nothing is said of secrets that the page does not have.
    for (const { credentials } of devices) expect(credentials).toStrictEqual({});
  });

  test('takes 10,000 names in one call, and not one more', async () => {
    await start();
    const list = names(10_000, 'n-');
    const jobId = await checked(list);
    expect(await cloud.observe(list, jobId)).toEqual({ state: 'checked' });
    await expect(cloud.open([...list, 'one-more'])).rejects.toMatchObject({
      kind: 'permanent',
      vendorCode: 'TooManyNames',
    });
    expect(bench.operations().filter((name) => name === 'BatchCheckDeviceNames')).toHaveLength(1);
  });

  test('is rejected at once for names that break the rules, with each reason', async () => {
    await start();
    const { jobId, rejected } = await cloud.open(['good-one', 'bad name', 'no', 'good-two', 'good-two']);
    expect(jobId).toBeUndefined();
    expect(rejected?.map((failure) => failure.name).sort()).toEqual(['bad name', 'good-two', 'no']);
    for (const { reason } of rejected ?? []) expect(reason).not.toBe('');
  });

  test('is rejected at once also where the cloud lists bad names beside a success', async () => {
    await start({ aliyun: { assumptions: { malformedNames: 'listed' } } });
    expect((await cloud.open(['good-one', 'bad name'])).rejected).toMatchObject([{ name: 'bad name' }]);
  });

  test('is rejected by the check for names that exist; nothing is created', async () => {
    await start();
    bench.running.emulator.aliyun.seed({
      devices: [{ productKey: bench.running.aliyun.productKey, deviceName: 'light-002' }],
    });
    const list = names(3);
    expect(await cloud.observe(list, await checked(list))).toEqual({
      state: 'rejected',
      failures: [{ name: 'light-002', reason: 'The device name already exists.' }],
      passed: ['light-001', 'light-003'],
    });
    expect(bench.running.emulator.aliyun.devices()).toHaveLength(1);
  });

  test('is rejected with what exists of the good names, for pages differ in whether they are created', async () => {
    await start({ faults: [{ fault: { kind: 'failCheck', names: ['light-002'] } }] });
    const list = names(4);
    const jobId = await checked(list);
    const { productKey } = bench.running.aliyun;
    bench.running.emulator.aliyun.seed({ devices: [{ productKey, deviceName: 'light-003' }] });
    expect(await cloud.observe(list, jobId)).toMatchObject({
      state: 'rejected',
      failures: [{ name: 'light-002' }],
      passed: ['light-001', 'light-003', 'light-004'],
      existing: ['light-003'],
    });
  });

  test('I4: whose good names cannot be looked up is not said to be rejected', async () => {
    await start({ faults: [{ fault: { kind: 'failCheck', names: ['light-002'] } }] });
    const list = names(4);
    const jobId = await checked(list);
    bench.running.emulator.faults.add({ operation: 'BatchQueryDeviceDetail', fault: { kind: 'drop', when: 'after' } });
    await expect(cloud.observe(list, jobId)).rejects.toMatchObject({ kind: 'transient' });
  });

  test('that fails in part names what was created and what was not', async () => {
    await start({ faults: [{ fault: { kind: 'failCreate', names: ['light-002'], reason: 'first|second' } }] });
    const list = names(3);
    expect(await cloud.observe(list, await registered(list))).toEqual({
      state: 'settled',
      created: ['light-001', 'light-003'],
      failures: [{ name: 'light-002', reason: 'first; second' }],
    });
  });

  test.each(['missing', 'null', 'empty'] as const)(
    'I4: that failed is not taken for created where the lists are %s',
    async (as) => {
      await start({ faults: [{ fault: { kind: 'failCreate', names: ['light-002'] } }] });
      const list = names(2);
      const jobId = await registered(list);
      bench.running.emulator.faults.add({ fault: { kind: 'wrappers', as } });
      expect(await cloud.observe(list, jobId)).toEqual({ state: 'settled', created: [], failures: [] });
    },
  );

  test('is read the same where the lists come bare', async () => {
    await start({ faults: [{ fault: { kind: 'wrappers', as: 'array' } }] });
    const list = names(60);
    const jobId = await registered(list);
    expect(await collected(jobId)).toHaveLength(60);
    expect(await cloud.lookUp(list)).toHaveLength(60);
    expect(await cloud.observe(list, jobId)).toEqual({ state: 'settled', failures: [] });
  });

  test('that nobody knows is absent', async () => {
    await start();
    expect(await cloud.observe(['light-001'], '4711')).toEqual({ state: 'absent' });
    await expect(cloud.collect('4711', undefined)).rejects.toMatchObject({
      kind: 'permanent',
      vendorCode: 'iot.device.DeviceApplyIsNotFound',
      details: { missing: 'job' },
    });
  });

  test('I4: an undocumented status is never taken for success', async () => {
    await start();
    const list = names(2);
    const jobId = await registered(list);
    bench.running.emulator.faults.add({ fault: { kind: 'status', status: 'CREATE_DONE' } });
    expect(await cloud.observe(list, jobId)).toEqual({ state: 'unknown', raw: 'CREATE_DONE' });
  });
});

describe('the product', () => {
  test('is read with the number of its devices', async () => {
    await start();
    await registered(names(2));
    expect(await cloud.inspect()).toEqual({ devices: 2 });
  });

  test('that does not exist is said so, before anything happens', async () => {
    await start();
    await expect(bench.connect({ reference: { productKey: 'a1nobody000' } }).inspect()).rejects.toMatchObject({
      kind: 'permanent',
      vendorCode: 'iot.prod.NotExistedProduct',
      message: expect.stringMatching(
        /^QueryProduct failed: .* – check productKey, region and instanceId: .* \[iot\.prod\.NotExistedProduct, Alibaba request [\w-]+\]$/,
      ) as string,
      details: { missing: 'product' },
    });
  });

  test('whose devices have certificates is recognised before anything happens', async () => {
    await start({ aliyun: { product: { productKey: 'a1certified', authType: 'x509' } } });
    await expect(cloud.inspect()).rejects.toMatchObject({
      kind: 'permanent',
      vendorCode: 'UnsupportedAuthType',
      message:
        'QueryProduct failed: product a1certified authenticates its devices by X.509 certificates (AuthType "x509") – ' +
        'a batch needs a product with one secret per device [UnsupportedAuthType]',
    });
    expect(bench.operations()).toEqual(['QueryProduct']);
  });

  test.each([
    ['ID²', { AuthType: 'id2' }, 'ID² (AuthType "id2")'],
    ['ID², in the older field', { AuthType: 'secret', Id2: true }, 'ID² (AuthType "id2")'],
    ['ID², as XML writes it', { AuthType: 'secret', Id2: 'true' }, 'ID² (AuthType "id2")'],
    ['something new', { AuthType: 'quantum' }, 'AuthType "quantum"'],
  ])('whose devices have %s is recognised before anything happens', async (_name, Data, said) => {
    await start();
    const server = await bench.serve(json({ RequestId: 'r', Success: true, Data }));
    const other = bench.connect({ reference: { endpoint: server.url } });
    await expect(other.inspect()).rejects.toMatchObject({
      kind: 'permanent',
      vendorCode: 'UnsupportedAuthType',
      message: expect.stringContaining(`authenticates its devices by ${said} – `) as string,
    });
    expect(server.requests).toEqual(['QueryProduct']);
  });

  test.each([[{ AuthType: 'secret', Id2: false }], [{ AuthType: 'SECRET' }], [{}]])(
    'described by %j takes a batch',
    async (Data) => {
      await start();
      const server = await bench.serve(json({ RequestId: 'r', Success: true, Data: { ...Data, DeviceCount: 1 } }));
      expect(await bench.connect({ reference: { endpoint: server.url } }).inspect()).toEqual({ devices: 1 });
    },
  );

  test('in an instance with an id is reached by sending the id with every call', async () => {
    await start({ aliyun: { product: { instanceId: 'iot-060a02fl' } } });
    const list = names(2);
    const jobId = await registered(list);
    const devices = await collected(jobId);
    expect(await cloud.observe(list, jobId)).toMatchObject({ state: 'settled' });
    expect(await cloud.lookUp(list)).toHaveLength(2);
    await cloud.proveDeletable('nobody-has-this-name');
    for (const device of devices) expect(await cloud.delete(device)).toBe('deleted');
    await expect(bench.connect({ reference: { instanceId: undefined } }).inspect()).rejects.toMatchObject({
      vendorCode: 'iot.system.InstanceNotFound',
    });
  });
});

describe('secrets of devices that exist', () => {
  test('I1, I4: are read again, but not those of a later device of the same name', async () => {
    await start();
    const [kept, replaced] = (await collected(await registered(['light-001', 'light-002']))) as [
      CollectedDevice,
      CollectedDevice,
    ];
    bench.running.emulator.aliyun.deleteDevice(replaced.name);
    bench.running.emulator.aliyun.seed({
      devices: [{ productKey: bench.running.aliyun.productKey, deviceName: replaced.name }],
    });
    const gone = { name: 'light-gone', identity: 'an IotId' };
    expect(await cloud.readCredentials?.([kept, replaced, gone])).toEqual([kept]);
    expect(kept.credentials).toHaveProperty('DeviceSecret');
  });
});

describe('deleting', () => {
  test('goes by identity, and what is gone already is no failure', async () => {
    await start();
    const [device] = await collected(await registered(['light-001']));
    if (device === undefined) throw new Error('no device');
    expect(await cloud.delete(device)).toBe('deleted');
    expect(await cloud.delete(device)).toBe('gone');
    expect(bench.running.emulator.aliyun.devices()).toEqual([]);
  });

  test('I1: spares a later device of the same name', async () => {
    await start();
    const [device] = await collected(await registered(['light-001']));
    if (device === undefined) throw new Error('no device');
    bench.running.emulator.aliyun.deleteDevice('light-001');
    await registered(['light-001']);
    expect(await cloud.delete(device)).toBe('gone');
    expect(bench.running.emulator.aliyun.devices()).toHaveLength(1);
  });

  test('whose answer is lost is for the engine to note and to repeat, and ends with the device gone', async () => {
    await start();
    const [device] = await collected(await registered(['light-001']));
    if (device === undefined) throw new Error('no device');
    bench.running.emulator.faults.add({ operation: 'DeleteDevice', times: 1, fault: { kind: 'drop', when: 'after' } });
    await expect(cloud.delete(device)).rejects.toMatchObject({ kind: 'outcomeUnknown' });
    expect(await cloud.delete(device)).toBe('gone');
    expect(bench.running.emulator.aliyun.devices()).toEqual([]);
  });

  test('where the product is gone, its devices are gone as well (I8)', async () => {
    await start();
    const fault = { kind: 'businessError', code: 'iot.prod.NotExistedProduct' } as const;
    bench.running.emulator.faults.add({ operation: 'DeleteDevice', fault });
    expect(await cloud.delete({ name: 'light-001', identity: 'any' })).toBe('gone');
  });

  test('an invalid identity counts as gone only if the device is not there', async () => {
    await start();
    const [device] = await collected(await registered(['light-001']));
    if (device === undefined) throw new Error('no device');
    bench.running.emulator.faults.add({
      operation: 'DeleteDevice',
      fault: { kind: 'businessError', code: 'iot.device.InvalidIoTId' },
    });
    await expect(cloud.delete(device)).rejects.toMatchObject({ vendorCode: 'iot.device.InvalidIoTId' });
    bench.running.emulator.aliyun.deleteDevice('light-001');
    expect(await cloud.delete(device)).toBe('gone');
    // A later one of its name says nothing of it.
    await registered(['light-001']);
    expect(await cloud.delete(device)).toBe('gone');
  });

  test('is proved possible with a name that nobody has', async () => {
    await start();
    await cloud.proveDeletable('nobody-has-this-name');
    const { accessKeyId, accessKeySecret } = bench.running.aliyun;
    bench.running.emulator.aliyun.keys.put({ accessKeyId, accessKeySecret, denied: ['DeleteDevice'] });
    await expect(cloud.proveDeletable('nobody-has-this-name')).rejects.toMatchObject({
      kind: 'credentials',
      vendorCode: 'NoPermission',
      message: expect.stringContaining('allow the RAM user or role') as string,
    });
  });

  test('a proof that deleted a device is no proof', async () => {
    await start();
    await registered(['light-001']);
    await expect(cloud.proveDeletable('light-001')).rejects.toMatchObject({ vendorCode: 'ReservedNameExisted' });
  });
});
