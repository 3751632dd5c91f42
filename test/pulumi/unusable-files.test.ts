/** Files that the twin cannot write: told before anything is made, or with what was made kept in the state (I5, I6). */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aliyun, certificates, legacy, preSharedKeys } from '../support/tested-clouds';
import { OTHER, Stage } from './stage';

describe.each([aliyun, certificates])('$name: a file that cannot be written', (cloud) => {
  let stage: Stage;
  /** A file where a folder is needed. */
  let inTheWay: string;
  beforeEach(async () => {
    stage = await Stage.set(cloud);
    inTheWay = join(stage.folder, 'in-the-way');
    writeFileSync(inTheWay, '');
  });
  afterEach(() => stage.end());

  it('is a mistake in the inputs where it is the journal, and the cloud is asked nothing', async () => {
    await expect(stage.up({ journal: inTheWay })).rejects.toThrow(/in-the-way.*\[JournalUnavailable\]$/);
    expect(stage.core.journal.calls()).toEqual([]);
  });

  it('leaves the devices in the state where it is that of their secrets, and the next up writes them', async () => {
    const file = join(inTheWay, 'secrets.json');
    const changes = { deviceCredentials: { file } };
    await expect(stage.up(changes)).rejects.toThrow(/the devices exist.*in-the-way.*\[SecretsNotSaved\]$/);
    expect(stage.state?.failed).toBe(true);
    expect(stage.devices()).toHaveLength(3);

    rmSync(inTheWay);
    await stage.up(changes);

    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)).toEqual(stage.devices());
    expect(stage.calls('create')).toBe(1);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({});
  });
});

describe.each([aliyun, certificates, preSharedKeys, legacy])('$name: a file of secrets', (cloud) => {
  let stage: Stage;
  let file: string;
  beforeEach(async () => {
    stage = await Stage.set(cloud);
    file = join(stage.folder, 'secrets.json');
  });
  afterEach(() => stage.end());

  const inFile = () => ({ deviceCredentials: { file } });
  const saved = () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>;

  it('has none of devices that are gone, which those of their names would be given later (I4)', async () => {
    await stage.up(inFile());
    expect(Object.keys(saved())).toEqual(stage.devices());
    await stage.destroy();
    expect(saved()).toEqual({});
  });

  it('keeps those of a replacement when what it replaced is deleted', async () => {
    await stage.up(inFile());
    cloud.seed(stage.core, { product: OTHER });
    await stage.up({ ...inFile(), cloud: cloud.product(stage.core, OTHER, stage.emulator.url) });
    expect(stage.devices()).toEqual([]);
    expect(Object.keys(saved())).toEqual(stage.devices(OTHER));
    await stage.destroy();
    expect(saved()).toEqual({});
  });

  it('keeps those of devices that are retained, and of others', async () => {
    await stage.up({ ...inFile(), removalPolicy: 'retain' });
    const before = saved();
    await stage.destroy();
    expect(saved()).toEqual(before);
  });

  it('keeps what is somebody else’s', async () => {
    await stage.up(inFile());
    const mine = { gate: { id: 'mine', key: 'secret' } };
    writeFileSync(file, JSON.stringify({ ...saved(), ...mine }));
    await stage.destroy();
    expect(saved()).toEqual(mine);
  });
});

describe('a file of secrets that cannot be read', () => {
  let stage: Stage;
  let file: string;
  // A certificate's key is told once: what was saved has to be read back.
  beforeEach(async () => {
    stage = await Stage.set(certificates);
    file = join(stage.folder, 'secrets.json');
  });
  afterEach(() => stage.end());

  const inFile = () => ({ deviceCredentials: { file } });
  const more = { devices: { sequence: { prefix: 'light-', count: 4 } } };
  const keys = () => Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object);

  it.each<[why: string, spoil: (file: string) => void]>([
    ['a part of it is lost', (path) => writeFileSync(path, readFileSync(path).subarray(0, 500))],
    ['it is JSON, and no secrets', (path) => writeFileSync(path, '{"name": "town", "version": "1.0.0"}')],
    ['a device has no identity', (path) => writeFileSync(path, '{"light-001": {"DevicePrivateKey": "key"}}')],
    ['it is no JSON', (path) => writeFileSync(path, 'light-001,key')],
    ['a folder is there', (path) => (rmSync(path), mkdirSync(path))],
    ['a link goes round in a circle', (path) => (rmSync(path), symlinkSync(path, path))],
  ])('is not written over, and nothing is changed: %s', async (_why, spoil) => {
    await stage.up(inFile());
    const saved = readFileSync(file);
    spoil(file);
    const devices = stage.cloud.devices(stage.core);

    await expect(stage.up({ ...inFile(), ...more })).rejects.toThrow(/nothing was changed.*\[SecretsUnreadable\]$/);
    await expect(stage.up({ ...inFile(), ...more })).rejects.toThrow(/secrets\.json cannot be read as secrets/);
    expect(stage.cloud.devices(stage.core)).toEqual(devices);

    rmSync(file, { recursive: true });
    writeFileSync(file, saved);
    await stage.up({ ...inFile(), ...more });
    expect(keys()).toHaveLength(4);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject(JSON.parse(saved.toString('utf8')) as object);
  });

  it('is in nobody’s way when the batch goes', async () => {
    await stage.up(inFile());
    writeFileSync(file, 'light-001,key');
    await stage.refresh();
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe('light-001,key');
  });

  it('is not written over by a create either, nor by what a batch moves to', async () => {
    writeFileSync(file, '{"name": "town"}');
    await expect(stage.up(inFile())).rejects.toThrow(/\[SecretsUnreadable\]$/);
    expect(stage.core.journal.calls()).toEqual([]);

    await stage.up();
    await expect(stage.up(inFile())).rejects.toThrow(/\[SecretsUnreadable\]$/);
    expect(readFileSync(file, 'utf8')).toBe('{"name": "town"}');
  });

  it('that is empty holds nothing to lose', async () => {
    writeFileSync(file, '\n');
    await stage.up(inFile());
    expect(keys()).toEqual(stage.devices());
  });

  it('has by a create what a batch of that name has left there of devices that it retained', async () => {
    await stage.up({ ...inFile(), removalPolicy: 'retain' });
    const saved = readFileSync(file, 'utf8');
    await stage.destroy();
    await stage.up({ ...inFile(), removalPolicy: 'retain' });
    expect(readFileSync(file, 'utf8')).toBe(saved);
  });
});
