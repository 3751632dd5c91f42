import { createHash } from 'node:crypto';
import * as z from 'zod';
import { forEachLimited } from '../concurrency';
import type { Store } from '../ports/store';
import { READS_AT_ONCE, requireJson } from './json';
import { keys } from './keys';

/** Names as the record keeps them: the lists lie in immutable chunks whose keys are the digests of their content. */
export const nameListSchema = z.object({
  count: z.number().int().nonnegative(),
  chunks: z.array(z.object({ digest: z.string(), count: z.number().int() })),
  /** Digest of the names as a set: equal for equal names in any order. */
  set: z.string(),
});

export type NameList = z.infer<typeof nameListSchema>;

/** Names in one chunk; a chunk of the longest names stays below 400 KB. */
const CHUNK = 10_000;

/** Writes the names, in their order, and returns how to find them again. Writing the same names twice changes nothing. */
export async function saveNames(store: Store, names: readonly string[]): Promise<NameList> {
  const chunks: NameList['chunks'] = [];
  for (let from = 0; from < names.length; from += CHUNK) {
    const chunk = names.slice(from, from + CHUNK);
    const body = JSON.stringify(chunk);
    const digest = sha256(body);
    await store.put(keys.names(digest), body);
    chunks.push({ digest, count: chunk.length });
  }
  return { count: names.length, chunks, set: setDigest(names) };
}

/** The names in the order in which they were saved. */
export async function loadNames(store: Store, list: NameList): Promise<string[]> {
  const chunks: string[][] = new Array<string[]>(list.chunks.length);
  await forEachLimited(list.chunks, READS_AT_ONCE, async ({ digest }, i) => {
    chunks[i] = await requireJson(store, keys.names(digest), z.array(z.string()));
  });
  return chunks.flat();
}

/** Equal for lists that hold the same names, in whatever order. */
export function setDigest(names: readonly string[]): string {
  return sha256([...names].sort().join('\n'));
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
