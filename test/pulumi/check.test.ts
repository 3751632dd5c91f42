import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkInputs } from '../../lib/pulumi/check';
import { diffBatch } from '../../lib/pulumi/diff';
import { secondsIn } from '../../lib/pulumi/duration';
import type { Inputs } from '../../lib/pulumi/inputs';
import { thisMachine } from '../../lib/pulumi/machine';
import type { Outputs } from '../../lib/pulumi/state';
import { UNKNOWN } from '../../lib/pulumi/unknown';

const machine = thisMachine();
const check = (olds: Partial<Inputs>, news: Inputs) => checkInputs(olds, news, machine.files);
const diff = (olds: Outputs, news: Inputs) => diffBatch(machine, olds, news);

const inputs = (changes: object = {}): Inputs => ({
  cloud: { aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001' } },
  devices: { sequence: { prefix: 'light-', count: 500 } },
  resourceUrn: 'urn:pulumi:dev::town::pulumi-nodejs:dynamic/iot-device-batch:DeviceBatch::lights',
  batchId: 'b1',
  ...changes,
});
const tencent = (changes: object = {}) => ({ cloud: { tencent: { productId: 'ABCDE12345', ...changes } } });

describe('what a preview says', () => {
  it.each([
    ['the region', { cloud: { aliyun: { region: 'mars', productKey: 'a1' } } }, 'cloud', 'UnknownRegion'],
    ['the product', { cloud: { aliyun: { region: 'cn-shanghai', productKey: 'a1****' } } }, 'cloud', 'InvalidCloud'],
    ['the endpoint', tencent({ endpoint: 'https://x/path' }), 'cloud', 'InvalidEndpoint'],
    ['two clouds', { cloud: { aliyun: {}, tencent: {} } }, '', 'InvalidOptions'],
    ['no devices', { devices: {} }, '', 'InvalidOptions'],
    ['a name', { devices: { named: ['a b', 'c'] } }, 'devices', 'InvalidDevices'],
    ['a name twice', { devices: { named: ['light', 'light'] } }, 'devices', 'InvalidDevices'],
    ['names of the cloud', { ...tencent(), devices: { assignedByCloud: 3 } }, 'devices', 'InvalidDevices'],
    ['a missing file', { devices: { fromFile: 'no-such-file.csv' } }, 'devices', 'InvalidDeviceFile'],
    ['adopting a stranger', { onExisting: { adopt: ['gate'] } }, 'onExisting', 'InvalidOnExisting'],
    ['an API that knows too little', tencent({ apiVersion: '2.0' }), 'deleteActivated', 'ActivationUnknown'],
    ['a journal at an address of another kind', { journal: 'gs://bucket/journal' }, '', 'InvalidOptions'],
    ['a journal in no bucket', { journal: 's3:///journal' }, '', 'InvalidOptions'],
    ['a journal that is reached by nothing we know', { journal: 's3://bucket?via=x' }, '', 'InvalidOptions'],
    [
      'a journal behind a #, where no stack has a folder of its own',
      { journal: 's3://bucket/a#b' },
      '',
      'InvalidOptions',
    ],
    ['secrets at an address of another kind', { deviceCredentials: { s3: 'gs://bucket/key' } }, '', 'InvalidOptions'],
    ['secrets in no object', { deviceCredentials: { s3: 's3://bucket' } }, '', 'InvalidOptions'],
    ['secrets in a file that is an address', { deviceCredentials: { file: 's3://bucket/key' } }, '', 'InvalidOptions'],
    ['secrets in two places', { deviceCredentials: { file: 'x', s3: 's3://bucket/key' } }, '', 'InvalidOptions'],
    ['names at an address', { devices: { fromFile: 's3://bucket/names.txt' } }, '', 'InvalidOptions'],
    ['a journal that is none', { journal: 7 }, '', 'InvalidOptions'],
    ['a short time', { timeout: '10s' }, 'timeout', 'InvalidTimeout'],
    ['a time that is none', { timeout: 'soon' }, '', 'InvalidOptions'],
    ['two days', { customTimeouts: { delete: '48h' } }, 'timeout', 'InvalidTimeout'],
    [
      'secrets that are too many',
      { devices: { generated: { count: 20_000 } } },
      'deviceCredentials',
      'SecretsTooLarge',
    ],
    [
      'certificates that may be',
      { ...tencent(), devices: { generated: { count: 2_000 } } },
      'deviceCredentials',
      'SecretsTooLarge',
    ],
  ])('names what is wrong with %s', async (_, changes, property, code) => {
    const { failures } = await check({}, inputs(changes));
    expect(failures).toEqual([{ property, reason: expect.stringMatching(new RegExp(`\\[${code}\\]$`)) as string }]);
  });

  it.each([
    ['as it is', {}],
    [
      'with a file for the secrets of many',
      { devices: { generated: { count: 20_000 } }, deviceCredentials: { file: 'x' } },
    ],
    [
      'with an object in S3 for the secrets of many',
      { devices: { generated: { count: 20_000 } }, deviceCredentials: { s3: 's3://bucket/key' } },
    ],
    ['with a journal in S3', { journal: 's3://bucket/path?region=eu-central-1' }],
    [
      'with more time than CloudFormation has',
      { devices: { generated: { count: 200_000 } }, deviceCredentials: 'none' },
    ],
    ['that is not known at all', { cloud: UNKNOWN, devices: UNKNOWN, timeout: UNKNOWN }],
    ['with a product that is not known', { cloud: { aliyun: { region: 'cn-shanghai', productKey: UNKNOWN } } }],
    ['with a cloud that is not known', { cloud: { aliyun: UNKNOWN } }],
    ['with a region that is not known', { cloud: { aliyun: { region: UNKNOWN, productKey: 'a1' } } }],
    ['with a name that is not known', { devices: { named: ['gate', UNKNOWN] }, onExisting: { adopt: ['gate'] } }],
    ['with a count that is not known', { devices: { sequence: { prefix: 'x', count: UNKNOWN } } }],
  ])('lets a batch through %s', async (_, changes) => {
    const checked = await check({}, inputs(changes));
    expect(checked.failures).toEqual([]);
    expect(checked.inputs).toMatchObject(changes);
  });

  it('checks what it knows beside what it does not', async () => {
    const { failures } = await check({}, inputs({ cloud: { aliyun: { region: 'mars', productKey: UNKNOWN } } }));
    expect(failures[0]?.reason).toContain('UnknownRegion');
    const devices = await check({}, inputs({ ...tencent({ productId: UNKNOWN }), devices: { named: ['a b'] } }));
    expect(devices.failures[0]?.reason).toContain('InvalidDevices');
  });

  it('keeps the id of a batch that is renamed, and gives each URN another', async () => {
    const { inputs: first } = await check({}, inputs());
    const renamed = inputs({ resourceUrn: `${first.resourceUrn}-new` });
    expect((await check(first, renamed)).inputs.batchId).toBe(first.batchId);
    expect((await check({}, renamed)).inputs.batchId).not.toBe(first.batchId);
  });
});

describe('a file of names', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'names-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read by check, so that other names in it are a change, and another order is too', async () => {
    const path = join(folder, 'names.csv');
    const fromFile = { devices: { fromFile: { path, column: 'serial' } } };
    const checked = async (lines: string) => {
      writeFileSync(path, lines);
      const { inputs: complete, failures } = await check({}, inputs(fromFile));
      expect(failures).toEqual([]);
      return complete;
    };
    const before = await checked('serial\nlamp-a\nlamp-b\n');
    expect(before.devices).toMatchObject({ names: { count: 2 } });
    const olds = before as Outputs;
    expect(await diff(olds, await checked('serial\nlamp-a\nlamp-b\n'))).toEqual({ changes: false });
    expect(await diff(olds, await checked('serial\nlamp-a\nlamp-c\n'))).toEqual({});
    expect(await diff(olds, await checked('serial\nlamp-b\nlamp-a\n'))).toEqual({});
  });

  it('has its mistakes told with their lines', async () => {
    writeFileSync(join(folder, 'names.txt'), 'a\na b\n');
    const { failures } = await check({}, inputs({ devices: { fromFile: join(folder, 'names.txt') } }));
    expect(failures[0]?.reason).toContain('(line 2)');
  });
});

describe('a diff', () => {
  const olds = inputs() as Outputs;

  it('finds nothing where only the order of members and the provider are others', async () => {
    const { cloud: _cloud, ...rest } = inputs({ __provider: 'another' });
    const same = { ...rest, cloud: { aliyun: { productKey: 'a1BwAGV0001', region: 'cn-shanghai' } } };
    expect(await diff(olds, same)).toEqual({ changes: false });
  });

  it('replaces for another product, and not for another way to the same', async () => {
    const cloud = (changes: object) => ({
      cloud: { aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001', ...changes } },
    });
    for (const changes of [{ productKey: 'other' }, { region: 'ap-southeast-1' }, { instanceId: 'iot-1' }]) {
      expect(await diff(olds, inputs(cloud(changes)))).toEqual({ changes: true, replaces: ['cloud'] });
    }
    expect(await diff(olds, inputs(cloud({ endpoint: 'http://127.0.0.1:1' })))).toEqual({});
    expect(await diff(olds, inputs(tencent()))).toMatchObject({ replaces: ['cloud'] });
  });

  it('leaves what is not known yet to Pulumi', async () => {
    expect(await diff(olds, inputs({ cloud: UNKNOWN }))).toEqual({});
    expect(await diff(olds, inputs({ devices: { named: UNKNOWN } }))).toEqual({});
  });

  it('sees what a refresh has found', async () => {
    expect(await diff({ ...olds, drift: ['light-001'] }, inputs())).toEqual({ changes: true });
  });
});

it.each([
  [90, 90],
  ['90', 90],
  ['1h30m', 5400],
  ['45s', 45],
  ['1.5m', 90],
  ['soon', undefined],
  ['5 m', undefined],
  [true, undefined],
])('a time of %p is %p s', (value, seconds) => {
  expect(secondsIn(value)).toBe(seconds);
});
