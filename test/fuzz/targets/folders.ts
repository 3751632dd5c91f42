import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { StoreConflict, type PutCondition } from '../../../lib/batch/ports/store';
import { FileStore } from '../../../lib/stores/file-store';
import { target } from '../target';

/** Something that lies in the folder of a journal, by its path there: of ours, of somebody's who was cut off, or of a stranger's. */
type Thing = { path: string } & ({ kind: 'file'; text: string } | { kind: 'folder' } | { kind: 'link'; to: string });

const KEYS = ['heads/b1.json', 'heads/b2.json', 'generations/g/plan.json', 'generations/g/jobs/00000.json'];

const version = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 4 }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('0', '02', '1e3', '-1', '', '2 (copy)', '3.bak', '999999999999999', '1'.repeat(16)),
  },
);

const paths = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...KEYS), version).map(([key, number]) => `${key}.v${number}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...['heads', 'generations', 'generations/g', 'generations/g/jobs', 'heads/b1.json', '.gitignore', '.DS_Store'],
      ...['heads/.writing-0123456789abcdef', 'heads/.nfs0001', 'heads/Thumbs.db', 'heads/b1.json.v1~', 'heads/ü 𝛑.v1'],
    ),
  },
);

const thing: fc.Arbitrary<Thing> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      path: paths,
      kind: fc.constant('file' as const),
      text: fc.constantFrom('', '{', '{"a":1}', 'x'.repeat(70_000)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ path: paths, kind: fc.constant('folder' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ path: paths, kind: fc.constant('link' as const) },
      to: fc.constantFrom('nowhere', 'b1.json.v1', '.', 'b1.json.v2', '../heads'),
    }),
  },
);

type Call =
  | { kind: 'get' | 'delete'; key: string }
  | { kind: 'put'; key: string; condition?: 'absent' | 'newest' | 'other' }
  | { kind: 'list'; prefix: string };

const key = fc.constantFrom(...KEYS);

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.record({ kind: fc.constantFrom('get' as const, 'get' as const, 'delete' as const), key }),
  fc.record(
    { kind: fc.constant('put' as const), key, condition: fc.constantFrom('absent', 'newest', 'other') },
    { requiredKeys: ['kind', 'key'] },
  ) as fc.Arbitrary<Call>,
  fc.record({
    kind: fc.constant('list' as const),
    prefix: fc.constantFrom('', 'heads/', 'heads/b1', 'generations/g/'),
  }),
);

/** Folders of journals in which somebody was cut off, or has put what does not belong there. */
export const folders = target({
  name: 'folders of journals',
  share: 8,
  inputs: fc.record({
    things: fc.array(thing, { maxLength: 8 }),
    calls: fc.array(call, { minLength: 1, maxLength: 6 }),
  }),
  async attempt({ things, calls }) {
    const folder = mkdtempSync(join(MEMORY, 'fuzz-folder-'));
    try {
      for (const each of things) put(folder, each);
      const strange = things.map(({ path }) => path).filter((path) => isStrange(path) && isFile(folder, path));
      const before = strange.map((path) => textAt(folder, path));
      let ending = 'right';
      for (const each of calls) ending = await made(new FileStore(folder), folder, each);
      const gone = strange.find((path, i) => textAt(folder, path) !== before[i]);
      if (gone !== undefined) throw new Error(`${gone} was not ours`);
      return ending;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
});

/** A disk in memory, where there is one: what is written there need not wait for any other. */
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** As far as something else is not there already. */
function put(folder: string, thing: Thing): void {
  const path = join(folder, thing.path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    if (thing.kind === 'folder') mkdirSync(path);
    else if (thing.kind === 'link') symlinkSync(thing.to, path);
    else writeFileSync(path, thing.text, { flag: 'wx' });
  } catch {
    // Where there is a file there cannot be a folder: what came first stays.
  }
}

/** Neither a version of one of the keys, nor what a process that was killed has left. */
function isStrange(path: string): boolean {
  return !KEYS.some((key) => path.startsWith(`${key}.v`) && /^[1-9]\d{0,14}$/.test(path.slice(key.length + 2)));
}

/** What is at the end of a link may be ours. */
function isFile(folder: string, path: string): boolean {
  return textAt(folder, path) !== undefined && lstatSync(join(folder, path)).isFile();
}

function textAt(folder: string, path: string): string | undefined {
  try {
    return readFileSync(join(folder, path), 'utf8');
  } catch {
    return undefined;
  }
}

async function made(store: FileStore, folder: string, call: Call): Promise<string> {
  try {
    await (call.kind === 'put' ? written(store, call) : looked(store, folder, call));
    return 'right';
  } catch (error) {
    if (error instanceof StoreConflict) return 'StoreConflict';
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    return `${code} of ${syscall}`;
  }
}

async function looked(store: FileStore, folder: string, call: Exclude<Call, { kind: 'put' }>): Promise<void> {
  if (call.kind === 'delete') {
    await store.delete(call.key);
    if (await store.get(call.key)) throw new Error(`${call.key} is there after it was deleted`);
    return;
  }
  const keys = call.kind === 'list' ? await store.list(call.prefix) : [call.key];
  for (const key of keys) {
    const found = await store.get(key);
    if (!found && call.kind === 'list') throw new Error(`${key} is listed, and is not there`);
    const newest = newestOf(folder, key);
    const text = found && Buffer.from(found.body).toString('utf8');
    if (text !== (newest === undefined ? undefined : textAt(folder, `${key}.v${newest}`)))
      throw new Error(`${key} is not its version ${newest}`);
  }
}

function newestOf(folder: string, key: string): number | undefined {
  const numbers = [999_999_999_999_999, ...Array.from({ length: 20 }, (_, i) => 20 - i)];
  const exists = (number: number) => {
    const path = join(folder, `${key}.v${number}`);
    return existsSync(path) || lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  };
  return numbers.find(exists);
}

async function written(store: FileStore, { key, condition }: Extract<Call, { kind: 'put' }>): Promise<void> {
  const there = await store.get(key);
  const wanted: Record<string, PutCondition | undefined> = {
    absent: { absent: true },
    newest: there && { version: there.version },
    other: { version: '77' },
  };
  const holds = condition === undefined || condition === 'newest' || (condition === 'absent' && !there);
  const body = `written over ${there?.version}`;
  await store.put(key, body, condition && wanted[condition]);
  if (!holds) throw new Error(`${key} was written against its condition`);
  const found = await store.get(key);
  if (found?.body.toString() !== body) throw new Error(`${key} is not what was written`);
}
