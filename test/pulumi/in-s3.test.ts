/** The journal of the twin, and the secrets of its devices, in a bucket that is reached over HTTP. */
import { journalInS3 } from '../../lib/pulumi/in-s3';
import type { Observer } from '../../lib/batch/ports/observer';
import { systemClock } from '../../lib/batch';
import { StoreConflict } from '../../lib/batch/ports/store';
import { aliyun, certificates, preSharedKeys } from '../support/tested-clouds';
import { S3Stage } from './s3-stage';
import { Stage } from './stage';

let s3: S3Stage;
beforeEach(async () => (s3 = await S3Stage.set()));
afterEach(() => s3.end());

const secretsOf = (text: string) => JSON.parse(text || '{}') as Record<string, Record<string, string>>;
const FOLDER = 'iot/.iot-device-batch/town/dev/';

describe.each([aliyun, preSharedKeys])('on $name: a batch whose journal is in S3', (cloud) => {
  let stage: Stage;
  beforeEach(async () => (stage = await Stage.set(cloud)));
  afterEach(() => stage.end());

  it('lives as with one in a folder, below the folders of its project and stack, and holds no secret (I7)', async () => {
    s3.bucket.objects.set('iot/other.txt', { body: Buffer.from('not ours'), etag: '"1"' });
    const journal = s3.address('iot');
    await stage.up({ journal });
    await stage.up({ journal, devices: { sequence: { prefix: 'light-', count: 4 } } });
    expect(stage.devices()).toHaveLength(4);
    expect(s3.keys(`${FOLDER}heads/`)).toHaveLength(1);
    expect(s3.keys().filter((key) => !key.startsWith(FOLDER))).toEqual(['iot/other.txt']);

    const secrets = Object.values(secretsOf(stage.state!.outputs.deviceSecrets)).flatMap(
      ({ id: _id, DeviceName: _n, IotId: _i, ...rest }) => Object.values(rest),
    );
    const inTheClear = [...s3.keys(FOLDER).map((key) => s3.text(key)), stage.said, process.env.AWS_SECRET_ACCESS_KEY!];
    expect(secrets.length).toBeGreaterThan(3);
    for (const secret of secrets) expect(inTheClear.join('\n')).not.toContain(secret);

    await stage.refresh();
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
    expect(s3.text('iot/other.txt')).toBe('not ours');
  });

  it('rides out an outage in the middle of the work, and says so', async () => {
    let failures = 0;
    s3.bucket.disturb = (request) =>
      request.startsWith('PUT') && request.includes('/jobs/') && failures++ < 5
        ? { status: 503, code: 'SlowDown' }
        : undefined;
    await stage.up({ journal: s3.address('iot') });
    expect(failures).toBeGreaterThan(5);
    expect(stage.said).toMatch(/warning: the store failed, trying again.*SlowDown/);
    expect(stage.calls('create')).toBe(1);
  });
});

describe('a journal in S3 that cannot be used', () => {
  let stage: Stage;
  beforeEach(async () => (stage = await Stage.set(aliyun)));
  afterEach(() => stage.end());

  it.each([
    [403, 'AccessDenied', /access is denied; it takes s3:ListBucket/],
    [403, 'InvalidAccessKeyId', /access is denied/],
    [400, 'ExpiredToken', /credentials have expired/],
    [404, 'NoSuchBucket', /there is no bucket records/],
  ])('is told before the cloud is asked anything: %i %s', async (status, code, why) => {
    s3.refuse(/./, status, code);
    const up = stage.up({ journal: s3.address('iot') });
    await expect(up).rejects.toThrow(why);
    await expect(up).rejects.toThrow(/^s3:\/\/records\/iot\/\S+ cannot be used: .*\[S3Unavailable\]$/);
    await expect(up).rejects.not.toThrow(/AKIA|wJalr/);
    expect(stage.core.journal.calls()).toEqual([]);
  });

  it('is told where there are no AWS credentials', async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    const up = stage.up({ journal: s3.address('other') });
    await expect(up).rejects.toThrow(/there are no AWS credentials.*\[S3Unavailable\]$/);
    expect(stage.core.journal.calls()).toEqual([]);
  });

  it('because it may be read only, is told before anything is made', async () => {
    s3.refuse(/^PUT/, 403, 'AccessDenied');
    await expect(stage.up({ journal: s3.address('iot') })).rejects.toThrow(/access is denied.*\[S3Unavailable\]$/);
    expect(stage.devices()).toEqual([]);
    expect(stage.calls('create')).toBe(0);
  });

  it('because its bucket is gone, is done without by an up that names another', async () => {
    const journal = s3.address('iot').replace('records', 'gone');
    await stage.up();
    const { outputs, inputs } = stage.state!;
    Object.assign(stage.state!, { outputs: { ...outputs, journal }, inputs: { ...inputs, journal } });
    await expect(stage.up({ journal })).rejects.toThrow(/no bucket gone.*S3Unavailable/);
    await expect(stage.destroy()).rejects.toThrow(/no bucket gone.*S3Unavailable/);
    await stage.up({ journal: s3.address('iot'), devices: { named: ['light-001', 'gate'] } });
    expect(stage.devices()).toEqual(['gate', 'light-001']);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });
});

describe('a batch whose AWS credentials expire while the cloud makes its devices', () => {
  let stage: Stage;
  beforeEach(async () => (stage = await Stage.set(aliyun)));
  afterEach(() => stage.end());

  const one = { devices: { named: ['light-001'] } };
  const two = { devices: { named: ['light-001', 'gate'] } };
  /** Once the cloud has begun a job, nothing can be written any more, and so the lease is not given back either. */
  const expireAfter = (jobs: number) => {
    s3.bucket.disturb = (request) =>
      request.startsWith('PUT') && stage.calls('create') >= jobs ? { status: 400, code: 'ExpiredToken' } : undefined;
  };
  const renew = () => void (s3.bucket.disturb = () => undefined);

  it('is gone on with by the same process, which does not wait for itself (I5)', async () => {
    const journal = s3.address('iot');
    expireAfter(1);
    await expect(stage.up({ journal, ...one })).rejects.toThrow('credentials have expired');
    renew();
    await stage.up({ journal, ...one });
    expect(stage.devices()).toEqual(['light-001']);
    expect(stage.calls('create')).toBe(1);
  });

  it('is gone on with by the same process in another journal, if that is where it goes (I5)', async () => {
    await stage.up({ journal: s3.address('iot'), ...one });
    expireAfter(2);
    await expect(stage.up({ journal: s3.address('iot'), ...two })).rejects.toThrow('credentials have expired');
    renew();
    await stage.up({ journal: s3.address('elsewhere'), ...two });
    expect(stage.devices()).toEqual(['gate', 'light-001']);
    expect(stage.calls('create')).toBe(2);
  });
});

describe('the store of a journal in S3', () => {
  it('is given ten minutes where it does not answer, and is told of now and then', async () => {
    let time = 0;
    // Each pause takes a minute, as the SDK makes several tries of its own in real time before each of them.
    const clock = { ...systemClock, now: () => time, sleep: async () => void (time += 60_000) };
    const lines: string[] = [];
    const observer: Observer = { log: (_level, message) => void lines.push(message), progress: () => undefined };
    s3.refuse(/^GET/, 500, 'InternalError');
    await expect(journalInS3(s3.address('iot'), clock, observer).get('k')).rejects.toThrow('S3 does not answer');
    expect(time).toBe(600_000);
    expect(lines).toHaveLength(10);
  });

  it('tells at once where nobody hears of waiting', async () => {
    s3.refuse(/^GET/, 500, 'InternalError');
    const clock = { ...systemClock, sleep: () => Promise.reject(new Error('it waits')) };
    await expect(journalInS3(s3.address('iot'), clock).get('k')).rejects.toThrow('S3 does not answer');
  });

  it('tells two writers of one version apart', async () => {
    const one = journalInS3(s3.address('iot'), systemClock);
    const other = journalInS3(s3.address('iot/'), systemClock);
    const version = await one.put('head', 'a', { absent: true });
    await expect(other.put('head', 'b', { absent: true })).rejects.toThrow(StoreConflict);
    await other.put('head', 'b', { version });
    await expect(one.put('head', 'c', { version })).rejects.toThrow(StoreConflict);
    expect(await one.list('')).toEqual(['head']);
    await one.delete('head');
    expect(s3.keys()).toEqual([]);
  });
});

describe('secrets of devices in an object in S3', () => {
  let stage: Stage;
  // A certificate's key is told once: what was saved has to be read back.
  beforeEach(async () => (stage = await Stage.set(certificates)));
  afterEach(() => stage.end());

  const inObject = (query = '') => ({ deviceCredentials: { s3: s3.address('secrets/lights.json', query) } });
  const saved = () => secretsOf(s3.text('secrets/lights.json'));
  const more = { devices: { sequence: { prefix: 'light-', count: 4 } } };

  it('are there and nowhere else, are carried over from there, and go with the batch', async () => {
    await stage.up(inObject());
    const first = saved();
    expect(Object.keys(first)).toEqual(stage.devices());
    expect(stage.state?.outputs.deviceSecrets).toBe('{}');

    await stage.up({ ...inObject(), ...more });
    expect(saved()).toMatchObject(first);
    expect(Object.keys(saved())).toHaveLength(4);
    const [{ DevicePrivateKey: key = '' } = {}] = Object.values(first);
    expect(key).toContain('PRIVATE KEY');
    expect(stage.said + JSON.stringify(stage.state) + stage.journalTexts().join('\n')).not.toContain(key.slice(40, 80));

    await stage.destroy();
    expect(stage.devices()).toEqual([]);
    expect(saved()).toEqual({});
  });

  it('are encrypted as the address says', async () => {
    await stage.up(inObject('&ssetype=aws:kms&kmskeyid=alias/iot'));
    expect(s3.bucket.objects.get('secrets/lights.json')).toMatchObject({
      encryption: 'aws:kms',
      kmsKeyId: 'alias/iot',
    });
  });

  it('that cannot be written leave the devices in the state, and the next up writes what is still told', async () => {
    s3.refuse(/^PUT/, 403, 'AccessDenied');
    const up = stage.up(inObject());
    await expect(up).rejects.toThrow(/the devices exist.*access is denied.*\[SecretsNotSaved\]$/);
    expect(stage.state?.failed).toBe(true);
    expect(stage.devices()).toHaveLength(3);
    s3.bucket.disturb = () => undefined;
    await stage.up(inObject());
    expect(Object.keys(saved())).toHaveLength(3);
    expect(stage.calls('create')).toBe(1);
  });

  it('that cannot be taken out of it are told of when the batch is gone', async () => {
    await stage.up(inObject());
    s3.refuse(/^PUT/, 403, 'AccessDenied');
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
    expect(stage.said).toMatch(/secrets of devices that are gone could not be taken out of .*access is denied/);
  });

  it('whose bucket cannot be reached are told before anything is made', async () => {
    s3.refuse(/./, 404, 'NoSuchBucket');
    await expect(stage.up(inObject())).rejects.toThrow(/there is no bucket records/);
    expect(stage.core.journal.calls()).toEqual([]);
  });

  it('are not written over where they cannot be read, and a destroy does without them', async () => {
    await stage.up(inObject());
    const first = saved();
    s3.refuse(/^GET secrets/, 403, 'AccessDenied');
    await expect(stage.up({ ...inObject(), ...more })).rejects.toThrow(/nothing was changed.*\[SecretsUnreadable\]$/);
    expect(stage.devices()).toHaveLength(3);
    expect(saved()).toEqual(first);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });

  it('that are not all there any more are not written over', async () => {
    await stage.up(inObject());
    const object = s3.bucket.objects.get('secrets/lights.json')!;
    object.body = object.body.subarray(0, 500);
    const up = stage.up({ ...inObject(), ...more });
    await expect(up).rejects.toThrow(
      /^s3:\/\/records\/secrets\/lights\.json cannot be read as secrets.*\[SecretsUnreadable\]$/,
    );
    expect(s3.bucket.objects.get('secrets/lights.json')).toBe(object);
    expect(stage.devices()).toHaveLength(3);
  });

  it('cost the same few requests however much else there is whose keys begin like theirs', async () => {
    for (let i = 0; i < 50; i++) s3.bucket.objects.set(`secrets/lights.json${i}`, { body: Buffer.of(), etag: '"1"' });
    s3.bucket.pageSize = 5;
    await stage.up(inObject());
    expect(s3.bucket.requests).toEqual([
      ...['GET ?prefix=secrets/lights.json', 'GET secrets/lights.json', 'PUT secrets/lights.json'],
    ]);
    s3.bucket.requests.length = 0;
    await stage.refresh();
    expect(s3.bucket.requests).toEqual(['GET secrets/lights.json']);
  });
});
