/** What others may have put into the folder of a journal must neither be taken for a record nor keep anybody waiting for ever. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStore } from '../../lib/stores/file-store';

describe('a folder with strange files', () => {
  let folder: string;
  let store: FileStore;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'journal-'));
    store = new FileStore(folder);
    await store.put('heads/b1.json', 'ours');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const body = async () => Buffer.from((await store.get('heads/b1.json'))!.body).toString('utf8');

  it.each(['v02', 'v99999999999999999999', 'v2 (copy)', 'v', 'v2.bak', 'v-3', 'v1e3'])(
    'reads past a %s',
    async (end) => {
      writeFileSync(join(folder, `heads/b1.json.${end}`), 'theirs');
      expect(await body()).toBe('ours');
      await store.put('heads/b1.json', 'ours again', { version: '1' });
      expect(await body()).toBe('ours again');
      expect(await store.list('heads/')).toEqual(['heads/b1.json']);
    },
  );

  it('tells of a link to nowhere, rather than look for it for ever', async () => {
    symlinkSync('nowhere', join(folder, 'heads/b1.json.v2'));
    await expect(store.get('heads/b1.json')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('tells of a folder in the place of a file', async () => {
    mkdirSync(join(folder, 'heads/b1.json.v2'));
    await expect(store.get('heads/b1.json')).rejects.toMatchObject({ code: 'EISDIR' });
  });

  it('tells that no number is left to write a newer version, rather than try for ever', async () => {
    writeFileSync(join(folder, 'heads/b1.json.v999999999999999'), 'theirs');
    await expect(store.put('heads/b1.json', 'ours again')).rejects.toMatchObject({ code: 'EOVERFLOW' });
  });
});
