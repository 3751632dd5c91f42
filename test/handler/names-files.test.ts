import { S3Client } from '@aws-sdk/client-s3';
import { namesFiles, s3Objects } from '../../handler/names-files';
import { BatchError } from '../../lib/batch';
import { nameFile, nameListOf, sha256 } from '../../lib/batch/contract';
import { CloudError } from '../../lib/batch/ports/cloud';
import { accessDenied, awsError, connectionReset, slowDown } from '../support/aws-errors';
import { HandlerWorld } from '../support/handler-world';
import { startS3 } from '../support/s3-look-alike';
import { VirtualClock } from '../support/virtual-clock';
import { lights } from '../support/world';

const SOURCE = 's3://cdk-hnb659fds-assets-123456789012-eu-central-1/0f3a.ndjson';

describe('a file of names', () => {
  const clock = new VirtualClock();

  it('is read by its address', async () => {
    const asked: string[] = [];
    const read = namesFiles(async (bucket, key) => {
      asked.push(bucket, key);
      return Buffer.from('names');
    }, clock);
    expect(Buffer.from(await read('s3://bucket/deploy-time/0f 3a.ndjson', clock.now())).toString()).toBe('names');
    expect(asked).toEqual(['bucket', 'deploy-time/0f 3a.ndjson']);
  });

  it.each(['http://bucket/key', 's3://bucket', 's3:///key', ''])('at %j has no address in S3', async (source) => {
    const read = namesFiles(() => Promise.reject(new Error('never asked')), clock);
    await expect(read(source, 0)).rejects.toMatchObject({ code: 'NamesFileUnreadable' });
  });

  it.each([
    ['was granted a moment ago', accessDenied, 'NamesFileDenied'],
    ['cannot be read for the network', connectionReset, 'NamesFileUnavailable'],
    ['is throttled', slowDown, 'NamesFileUnavailable'],
  ])('that %s may be read later', async (_, error, vendorCode) => {
    const failure = namesFiles(() => Promise.reject(error()), clock)(SOURCE, clock.now());
    await expect(failure).rejects.toMatchObject({ kind: 'transient', vendorCode });
    await expect(failure).rejects.toThrow(SOURCE);
  });

  it.each([
    [
      'is denied for longer than a grant takes',
      accessDenied,
      'NamesFileDenied',
      /or it is not there any more .*s3:GetObject/,
    ],
    ['is not there', () => awsError('NoSuchKey', 404), 'NamesFileMissing', /Deploy again/],
    ['is in no bucket', () => awsError('NoSuchBucket', 404), 'NamesFileMissing', /Deploy again/],
    ['is in the archive', () => awsError('InvalidObjectState', 400), 'NamesFileUnreadable', /InvalidObjectState/],
  ])('that %s is an error that says what to do', async (_, error, code, message) => {
    const failure = namesFiles(() => Promise.reject(error()), clock)(SOURCE, clock.now() - 121_000);
    await expect(failure).rejects.toMatchObject({ code });
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toBeInstanceOf(BatchError);
    await expect(failure).rejects.not.toBeInstanceOf(CloudError);
  });

  it('is an object of S3, or is not there', async () => {
    const s3 = await startS3('assets');
    try {
      const file = nameFile(lights(3));
      s3.objects.set('0f3a.ndjson', { body: Buffer.from(file), etag: '"1"' });
      const client = new S3Client({
        endpoint: s3.url,
        region: 'eu-central-1',
        forcePathStyle: true,
        credentials: { accessKeyId: 'id', secretAccessKey: 'key' },
      });
      const read = namesFiles(s3Objects(client), clock);
      expect(Buffer.from(await read('s3://assets/0f3a.ndjson', 0)).toString()).toBe(file);
      await expect(read('s3://assets/gone.ndjson', 0)).rejects.toMatchObject({ code: 'NamesFileMissing' });
      client.destroy();
    } finally {
      await s3.close();
    }
  });
});

describe('a batch whose names lie in an asset', () => {
  let world: HandlerWorld;
  beforeEach(async () => {
    world = await HandlerWorld.start();
  });
  afterEach(() => world.close());

  /** The properties of such a batch, with the asset published. */
  function fromFile(names: readonly string[]): { devices: object } {
    const file = nameFile(names);
    const source = `s3://assets/${sha256(file)}.ndjson`;
    world.assets.set(source, file);
    return { devices: { file: { source, names: nameListOf(names) } } };
  }

  it('is created, changed, taken back and deleted, and reads each asset once, at its first need', async () => {
    const three = fromFile(lights(3));
    const created = await world.create(three);
    expect(created).toMatchObject({ Status: 'SUCCESS', Data: { DeviceCount: 3, DeviceNames: '' } });
    const five = fromFile(lights(5));
    const changed = await world.update(created.PhysicalResourceId, five, three);
    expect(changed.Status).toBe('SUCCESS');
    expect(world.devices()).toEqual(lights(5));
    expect(world.assetReads).toHaveLength(2);

    world.assets.clear();
    expect(await world.update(changed.PhysicalResourceId, three, five)).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: created.PhysicalResourceId,
    });
    expect((await world.delete(changed.PhysicalResourceId, five)).Status).toBe('SUCCESS');
    expect(world.devices()).toEqual(lights(3));
    expect((await world.delete(created.PhysicalResourceId, three)).Status).toBe('SUCCESS');
    expect(world.devices()).toEqual([]);
    expect(world.assetReads).toHaveLength(2);
  });

  it('waits for the grant that lets it read them', async () => {
    const properties = fromFile(lights(3));
    const assets = new Map(world.assets);
    world.assets.clear();
    const granted = world.clock.now() + 90_000;
    world.ports.readObject = async (bucket, key) => {
      if (world.clock.now() < granted) throw accessDenied();
      return Buffer.from(assets.get(`s3://${bucket}/${key}`) ?? '');
    };
    expect((await world.create(properties)).Status).toBe('SUCCESS');
    expect(world.clock.now()).toBeGreaterThanOrEqual(granted);
  });

  it('fails after two minutes where there is none, touches no cloud, and its Delete needs no asset', async () => {
    const properties = fromFile(lights(3));
    world.assets.clear();
    const began = world.clock.now();
    const response = await world.create(properties);
    expect(response.Status).toBe('FAILED');
    expect(response.Reason).toMatch(/^.*may not read the file of names s3:\/\/assets\/.*\[NamesFileDenied\]/);
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(120_000);
    expect(world.clock.now() - began).toBeLessThan(200_000);
    expect(world.calls()).toEqual([]);
    const reads = world.assetReads.length;
    expect((await world.delete(response.PhysicalResourceId, properties)).Status).toBe('SUCCESS');
    expect(world.assetReads).toHaveLength(reads);
  });

  it.each([
    ['a digest that leads elsewhere in the store', { chunks: [{ digest: '../heads/b1', count: 3 }] }],
    ['a count that is none', { count: 'many' }],
  ])('is refused with %s', async (_, changes) => {
    const { source } = { source: 's3://assets/x.ndjson' };
    const response = await world.create({
      devices: { file: { source, names: { ...nameListOf(lights(3)), ...changes } } },
    });
    expect(response.Reason).toMatch(/\[InvalidOptions\]/);
  });
});
