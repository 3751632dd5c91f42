import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StoreConflict } from '../../lib/batch/ports/store';
import { FileStore } from '../../lib/stores/file-store';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'file-store-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = async (store: FileStore, key: string) => {
  const object = await store.get(key);
  return object && Buffer.from(object.body).toString('utf8');
};

describe('a store in a folder', () => {
  it('gives back what was written last, and lists keys in order', async () => {
    const store = new FileStore(join(folder, 'a'));
    expect(await store.get('names/x.json')).toBeUndefined();
    expect(await store.list('names/')).toEqual([]);
    await store.put('names/y.json', 'one');
    await store.put('names/y.json', 'two');
    await store.put('names/deep/er/x.json', Buffer.from([0, 255]));
    await store.put('namesake.json', '');
    expect(await text(store, 'names/y.json')).toBe('two');
    expect((await store.get('names/deep/er/x.json'))?.body).toEqual(Buffer.from([0, 255]));
    expect(await store.list('names/')).toEqual(['names/deep/er/x.json', 'names/y.json']);
    expect(await store.list('names/y')).toEqual(['names/y.json']);
    expect(await store.list('name')).toEqual(['names/deep/er/x.json', 'names/y.json', 'namesake.json']);
    await store.delete('names/y.json');
    await store.delete('names/y.json');
    expect(await store.list('names/')).toEqual(['names/deep/er/x.json']);
  });

  it('writes only where the condition holds', async () => {
    const store = new FileStore(folder);
    const first = await store.put('head.json', '1', { absent: true });
    await expect(store.put('head.json', '2', { absent: true })).rejects.toThrow(StoreConflict);
    const second = await store.put('head.json', '2', { version: first });
    await expect(store.put('head.json', '3', { version: first })).rejects.toThrow(StoreConflict);
    expect((await store.get('head.json'))?.version).toBe(second);
    await expect(store.put('other.json', '3', { version: second })).rejects.toThrow(StoreConflict);
  });

  it('is for its owner only, and for no repository', async () => {
    const store = new FileStore(join(folder, 'a'));
    await store.put('heads/b.json', 'x');
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'a/heads')).mode & 0o777).toBe(0o700);
    const [file = ''] = readdirSync(join(folder, 'a/heads'));
    expect(statSync(join(folder, 'a/heads', file)).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'a'))).toContain('.gitignore');
  });

  it('takes no notice of what somebody left behind who was killed while writing', async () => {
    const store = new FileStore(folder);
    await store.put('head.json', '1');
    writeFileSync(join(folder, '.writing-0011'), '{"half');
    expect(await text(store, 'head.json')).toBe('1');
    expect(await store.list('')).toEqual(['head.json']);
  });

  it('reads the newest where older versions were left behind, and is not fooled by a number that is free again', async () => {
    const store = new FileStore(folder);
    writeFileSync(join(folder, 'head.json.v3'), 'old');
    writeFileSync(join(folder, 'head.json.v12'), 'new');
    expect(await text(store, 'head.json')).toBe('new');
    await expect(store.put('head.json', 'late', { version: '3' })).rejects.toThrow(StoreConflict);
    expect(await store.put('head.json', 'newest')).toBe('13');
    expect(readdirSync(folder).filter((name) => name.startsWith('head'))).toEqual(['head.json.v13']);
  });

  it('refuses keys that lead out of it', async () => {
    await expect(new FileStore(folder).get('names/../../x')).rejects.toThrow(RangeError);
  });

  it('loses no write of several processes that all count up one object', async () => {
    const script = `
      const { FileStore } = require(${JSON.stringify(join(__dirname, '../../lib/stores/file-store.ts'))});
      const store = new FileStore(${JSON.stringify(folder)});
      (async () => {
        for (let done = 0; done < 25; ) {
          const object = await store.get('count');
          const count = object ? Number(Buffer.from(object.body).toString()) : 0;
          const condition = object ? { version: object.version } : { absent: true };
          try { await store.put('count', String(count + 1), condition); done++; }
          catch (error) { if (error.name !== 'StoreConflict') throw error; }
        }
      })();`;
    const count = () => promisify(execFile)(process.execPath, ['--import', 'tsx', '-e', script], { cwd: __dirname });
    await Promise.all([count(), count(), count()]);
    expect(await text(new FileStore(folder), 'count')).toBe('75');
  });
});
