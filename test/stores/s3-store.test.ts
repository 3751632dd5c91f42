import { S3Client } from '@aws-sdk/client-s3';
import { awsClientConfig, needsPathStyle } from '../../lib/stores/aws-client';
import { S3Store } from '../../lib/stores/s3-store';
import { StoreConflict } from '../../lib/batch/ports/store';
import { startS3, type S3LookAlike } from '../support/s3-look-alike';

let s3: S3LookAlike;
let client: S3Client;
let store: S3Store;
beforeEach(async () => {
  s3 = await startS3();
  client = new S3Client({
    ...awsClientConfig,
    region: 'eu-central-1',
    endpoint: s3.url,
    forcePathStyle: true,
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
  });
  store = new S3Store(client, s3.bucket);
});
afterEach(async () => {
  client.destroy();
  await s3.close();
});

async function textAt(key: string): Promise<string> {
  return Buffer.from((await store.get(key))?.body ?? []).toString('utf8');
}

describe('an object', () => {
  it('is read back as it was written, text or bytes, with the version that its writing returned', async () => {
    const version = await store.put('heads/b1.json', '{"灯":1}');
    expect(await textAt('heads/b1.json')).toBe('{"灯":1}');
    expect((await store.get('heads/b1.json'))?.version).toBe(version);
    await store.put('a b/ü+&.gz', Uint8Array.of(0, 255, 128));
    expect([...((await store.get('a b/ü+&.gz'))?.body ?? [])]).toEqual([0, 255, 128]);
  });

  it('that is not there is undefined, and deleting it is no error', async () => {
    expect(await store.get('heads/none.json')).toBeUndefined();
    await store.delete('heads/none.json');
  });

  it('is gone once deleted', async () => {
    await store.put('k', 'v');
    await store.delete('k');
    expect(await store.get('k')).toBeUndefined();
  });

  it('has a content type that browsers and tools understand', async () => {
    await store.put('manifests/b/g.json', '{}');
    await store.put('credentials/b/g/part-00000.ndjson.gz', Uint8Array.of(31, 139));
    expect(s3.objects.get('manifests/b/g.json')?.contentType).toBe('application/json');
    expect(s3.objects.get('credentials/b/g/part-00000.ndjson.gz')?.contentType).toBe('application/gzip');
  });
});

describe('a conditional write', () => {
  it('"absent" writes where nothing is, and conflicts where something is', async () => {
    await store.put('k', 'one', { absent: true });
    await expect(store.put('k', 'two', { absent: true })).rejects.toThrow(StoreConflict);
    expect(await textAt('k')).toBe('one');
  });

  it('"version" writes over that version, and conflicts with another one or none', async () => {
    const first = await store.put('k', 'one');
    await store.put('k', 'two', { version: first });
    await expect(store.put('k', 'three', { version: first })).rejects.toThrow(StoreConflict);
    await expect(store.put('gone', 'four', { version: first })).rejects.toThrow(StoreConflict);
    expect(await textAt('k')).toBe('two');
  });

  it('has one winner among twenty', async () => {
    const version = await store.put('k', 'start');
    const writes = Array.from({ length: 20 }, (_, i) => store.put('k', `writer ${i}`, { version }));
    const results = await Promise.allSettled(writes);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('conflicts when another write is under way (409)', async () => {
    s3.disturb = () => ({ status: 409, code: 'ConditionalRequestConflict' });
    await expect(store.put('k', 'v', { absent: true })).rejects.toThrow(StoreConflict);
  });

  it('whose answer is lost conflicts with itself, and what it wrote is there', async () => {
    let lost = false;
    s3.disturb = () => {
      if (lost) return undefined;
      lost = true;
      return 'lost';
    };
    await expect(store.put('k', 'mine', { absent: true })).rejects.toThrow(StoreConflict);
    expect(await textAt('k')).toBe('mine');
  });
});

describe('a listing', () => {
  it('has every key with the prefix, in order, over many pages', async () => {
    s3.pageSize = 3;
    const keys = Array.from({ length: 10 }, (_, i) => `heads/b${i}.json`);
    await Promise.all([...keys, 'head', 'names/x.json'].map((key) => store.put(key, '{}')));
    expect(await store.list('heads/')).toEqual(keys);
    expect(s3.requests.filter((request) => request.startsWith('GET ?'))).toHaveLength(4);
  });

  it('of nothing is empty', async () => {
    expect(await store.list('heads/')).toEqual([]);
  });
});

describe('trouble', () => {
  it('that passes is ridden out', async () => {
    let failures = 2;
    s3.disturb = () => (failures-- > 0 ? { status: 503, code: 'SlowDown' } : undefined);
    await store.put('k', 'v');
    expect(await textAt('k')).toBe('v');
  });

  it.each([
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
  ])('of another kind is thrown as it is, and is neither "not there" nor a conflict: %i %s', async (status, code) => {
    s3.disturb = () => ({ status, code });
    await expect(store.get('k')).rejects.toMatchObject({ name: code });
    await expect(store.put('k', 'v', { absent: true })).rejects.toMatchObject({ name: code });
    await expect(store.list('k')).rejects.toMatchObject({ name: code });
  });
});

describe('the address of S3', () => {
  it.each([
    [{}, false],
    [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, true],
    [{ AWS_ENDPOINT_URL: 'http://[::1]:4566' }, true],
    [{ AWS_ENDPOINT_URL: 'https://localhost:4566' }, true],
    [{ AWS_ENDPOINT_URL_S3: 'https://s3.example.com', AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, false],
    [{ AWS_ENDPOINT_URL: 'nonsense' }, false],
  ])('with %j takes the bucket into the path: %s', (environment, expected) => {
    expect(needsPathStyle(environment)).toBe(expected);
  });
});
