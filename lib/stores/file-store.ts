import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StoreConflict, type PutCondition, type Store, type StoredObject } from '../batch/ports/store';

/**
 * The store in a folder that only its owner may read. Any number of processes may use it at once.
 *
 * Every write is a file of its own, `<key>.v<number>`, that appears as a whole (it is linked to its name when it is complete) and
 * only where no other has that number: of two that write over the same version one succeeds. Whoever is killed in between leaves
 * a file behind that nobody reads, and no lock. Older versions are deleted after a newer one is there.
 *
 * Every method throws what the file system throws, besides `StoreConflict`.
 */
export class FileStore implements Store {
  /** Set once this process has seen to the folder itself. */
  private prepared?: Promise<void>;

  constructor(readonly folder: string) {}

  async get(key: string): Promise<StoredObject | undefined> {
    for (let missing: number | undefined; ;) {
      const newest = (await this.versionsOf(key)).at(-1);
      if (newest === undefined) return undefined;
      try {
        return { body: await readFile(this.fileOf(key, newest)), version: String(newest) };
      } catch (error) {
        // Somebody has written a newer one and deleted this one in between; a link to nowhere stays missing.
        if (!isMissing(error) || newest === missing) throw error;
        missing = newest;
      }
    }
  }

  async put(key: string, body: Uint8Array | string, condition?: PutCondition): Promise<string> {
    await (this.prepared ??= this.prepare());
    const folder = dirname(this.fileOf(key, 0));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const written = join(folder, `${TEMPORARY}${randomBytes(8).toString('hex')}`);
    await writeDurably(written, body);
    try {
      for (;;) {
        const versions = await this.versionsOf(key);
        if (!holds(condition, versions.at(-1))) throw new StoreConflict(key);
        const next = (versions.at(-1) ?? 0) + 1;
        // No number of ours: it would be looked past again and again.
        if (!NUMBER.test(String(next))) throw new NoNumberLeft(this.fileOf(key, next - 1));
        if (await this.takes(key, next, written)) {
          await Promise.all(versions.map((version) => removeFile(this.fileOf(key, version))));
          return String(next);
        }
        if (condition) throw new StoreConflict(key);
      }
    } finally {
      await removeFile(written);
    }
  }

  async list(prefix: string): Promise<string[]> {
    const keys = new Set<string>();
    const from = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    for (const path of await filesBelow(join(this.folder, from), from)) {
      const key = keyOf(path);
      if (key?.startsWith(prefix)) keys.add(key);
    }
    return [...keys].sort();
  }

  async delete(key: string): Promise<void> {
    for (const version of await this.versionsOf(key)) await removeFile(this.fileOf(key, version));
  }

  /** The numbers of the versions that are there, the newest last. */
  private async versionsOf(key: string): Promise<number[]> {
    const start = `${basename(key)}.v`;
    const names = await namesIn(dirname(this.fileOf(key, 0)));
    return names
      .filter((name) => name.startsWith(start) && NUMBER.test(name.slice(start.length)))
      .map((name) => Number(name.slice(start.length)))
      .sort((a, b) => a - b);
  }

  /** Whether a complete file becomes this version; not so if somebody else's has, or a later one. */
  private async takes(key: string, version: number, written: string): Promise<boolean> {
    try {
      await link(written, this.fileOf(key, version));
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
    // Whoever was slow may find its number free again because others have gone past it.
    if ((await this.versionsOf(key)).at(-1) === version) return true;
    await removeFile(this.fileOf(key, version));
    return false;
  }

  private fileOf(key: string, version: number): string {
    if (key.split('/').includes('..')) throw new RangeError(`${key} is no key`);
    return join(this.folder, `${key}.v${version}`);
  }

  /** What is in the folder is nobody else's business, and none of a repository's. */
  private async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(join(this.folder, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  }
}

/** An error as of the file system: nothing newer can be written beside a file whose number is the last of all. */
class NoNumberLeft extends Error {
  readonly code = 'EOVERFLOW';
  readonly syscall = 'link';
  constructor(readonly path: string) {
    super(`${path} has the last number of all, so that nothing newer can be written`);
  }
}

/** What a file is called before it is complete. */
const TEMPORARY = '.writing-';

/** As `put` writes it: what is written otherwise, or is too large to be counted on, is none of ours. */
const NUMBER = /^[1-9]\d{0,14}$/;

function keyOf(path: string): string | undefined {
  return /^(.+)\.v[1-9]\d{0,14}$/.exec(path)?.[1];
}

function holds(condition: PutCondition | undefined, newest: number | undefined): boolean {
  if (!condition) return true;
  return 'absent' in condition ? newest === undefined : condition.version === String(newest);
}

/** The record has to be there when the machine comes back, not only the process. */
async function writeDurably(path: string, body: Uint8Array | string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function filesBelow(folder: string, path: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const files: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) files.push(...(await filesBelow(join(folder, entry.name), `${path}${entry.name}/`)));
    else files.push(path + entry.name);
  }
  return files;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}

async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code;
}
