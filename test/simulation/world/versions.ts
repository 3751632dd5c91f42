import type { StoredObject } from '../../../lib/batch/ports/store';
import type { MemoryStore } from '../../support/memory-store';

/**
 * A later version of the handler, as far as an older one meets it: in the heads of batches. One of the same major version writes
 * members that this one does not know, one of a newer major writes what this one must not touch.
 */
export type NewerVersion = 'minor' | 'major';

const MEMBER = 'novelty';
const HEADS = 'heads/';

/** What a later version writes in the place of what this one would. */
export function asNewerWrites(key: string, body: Uint8Array | string, version: NewerVersion): Uint8Array | string {
  if (!key.startsWith(HEADS) || typeof body !== 'string') return body;
  const head = JSON.parse(body) as Head;
  for (const part of partsOf(head).values()) part[MEMBER] = 'of a later version';
  return JSON.stringify(version === 'major' ? { ...head, version: 2 } : { ...head, version: 1.5 });
}

/** A later major version reads its own records as this one reads its. */
export function asNewerReads(object: StoredObject | undefined): StoredObject | undefined {
  if (!object) return undefined;
  const head = JSON.parse(Buffer.from(object.body).toString('utf8')) as Head;
  return head.version === 2 ? { ...object, body: Buffer.from(JSON.stringify({ ...head, version: 1 })) } : object;
}

/** What of a later version an older one has lost with this write; undefined if it kept everything. */
export function lostOfNewer(before: string | undefined, after: string): string | undefined {
  if (!before?.includes(MEMBER)) return undefined;
  const [old, head] = [JSON.parse(before) as Head, JSON.parse(after) as Head];
  if (old.version === 2) return 'a head of a newer major version';
  const parts = partsOf(head);
  return [...partsOf(old)].find(([id, part]) => part[MEMBER] && parts.has(id) && !parts.get(id)?.[MEMBER])?.[0];
}

/** Whether the older version may not go on by itself. */
export function needsNewer(store: MemoryStore): boolean {
  const heads = [...store.objects.keys()].filter((key) => key.startsWith(HEADS));
  return heads.some((key) => (JSON.parse(store.text(key) ?? '{}') as Head).version === 2);
}

interface Part {
  id?: string;
  [MEMBER]?: string;
}

interface Head extends Part {
  version: number;
  generations: Part[];
  requests: Part[];
}

function partsOf(head: Head): Map<string, Part> {
  const parts = [...head.generations, ...head.requests].map((part): [string, Part] => [part.id ?? '', part]);
  return new Map([['the head', head], ...parts]);
}
