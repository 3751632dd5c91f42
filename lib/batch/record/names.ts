import * as z from 'zod';
import { forEachLimited } from '../concurrency';
import { BatchError } from '../errors';
import { chunksOf, setDigest, sha256, type NameChunk, type NameList } from '../contract/name-list';
import type { Store } from '../ports/store';
import { parseRecord, READS_AT_ONCE } from './json';
import { keys } from './keys';

export { setDigest, sha256, type NameList } from '../contract/name-list';

/** Names as the record keeps them: each chunk is an object of the store whose key is its digest. */
export const nameListSchema = z.looseObject({
  count: z.number().int().nonnegative(),
  chunks: z.array(z.looseObject({ digest: z.string(), count: z.number().int() })),
  /** Digest of the names as a set: equal for equal names in any order. */
  set: z.string(),
  /** Where the names come from, of a list that an order did not bring itself. */
  source: z.string().optional(),
}) satisfies z.ZodType<NameList>;

/** Writes the names, in their order, and returns how to find them again. Writing the same names twice changes nothing. */
export async function saveNames(store: Store, names: readonly string[]): Promise<NameList> {
  const chunks: NameChunk[] = [];
  for (const { digest, count, text } of chunksOf(names)) {
    await saveChunk(store, digest, text);
    chunks.push({ digest, count });
  }
  return { count: names.length, chunks, set: setDigest(names) };
}

export async function saveChunk(store: Store, digest: string, text: string): Promise<void> {
  await store.put(keys.names(digest), text);
}

/** The names in the order in which they were saved. */
export async function loadNames(store: Store, list: NameList): Promise<string[]> {
  const chunks: string[][] = new Array<string[]>(list.chunks.length);
  await forEachLimited(list.chunks, READS_AT_ONCE, async ({ digest }, i) => {
    chunks[i] = await loadChunk(store, digest);
  });
  return chunks.flat();
}

/** @throws BatchError `RecordMissing`, or `RecordUnreadable` where it is not what its digest says: other devices would be made, or looked for. */
async function loadChunk(store: Store, digest: string): Promise<string[]> {
  const key = keys.names(digest);
  const object = await store.get(key);
  if (!object) throw new BatchError('RecordMissing', `the store has lost its object ${key}`);
  if (sha256(object.body) === digest) return parseRecord(key, object, z.array(z.string()));
  throw new BatchError('RecordUnreadable', `the store's object ${key} does not hold the names that were written there`);
}

/** Whether the store has the names, each of their chunks. */
export async function hasNames(store: Store, list: NameList): Promise<boolean> {
  for (const { digest } of list.chunks) if (!(await store.get(keys.names(digest)))) return false;
  return true;
}
