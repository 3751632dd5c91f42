import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { listBatches, parseHead } from '../batch/record/batch-record';
import { owed, type Head } from '../batch/record/head';
import { keys } from '../batch/record/keys';
import { findPlan } from '../batch/record/plan';
import { BatchError } from '../batch/errors';
import type { Store } from '../batch/ports/store';
import { storePrefixes } from '../batch/contract/attributes';

/** Objects of the store by their keys, in base64 where they are no text. */
type Objects = Record<string, string>;

/**
 * A copy of everything that the store has of a batch, as one text, for the state: where the journal is not there any more, the batch
 * goes on from it. It holds no secrets, as the store has none.
 */
export async function takeSnapshot(store: Store, head: Head): Promise<string> {
  const wanted = new Set(await keysOf(store, head));
  if (head.generations.some(owed)) for (const key of await keysOfOthers(store)) wanted.add(key);
  const objects: Objects = {};
  for (const key of wanted) {
    const object = await store.get(key);
    if (object) objects[key] = Buffer.from(object.body).toString('utf8');
  }
  objects[keys.head(head.batchId)] = JSON.stringify(withoutLease(head));
  return gzipSync(JSON.stringify(objects)).toString('base64');
}

/** @throws BatchError `RecordUnreadable` if the text is no snapshot, `NewerRecord` if a newer version has made it. */
export function readSnapshot(snapshot: string, batchId: string): { head: Head; objects: ReadonlyMap<string, string> } {
  let objects: Map<string, string>;
  try {
    const text = gunzipSync(Buffer.from(snapshot, 'base64'), { maxOutputLength: MAX_BYTES }).toString('utf8');
    objects = new Map(Object.entries(objectsSchema.parse(JSON.parse(text))));
  } catch {
    throw new BatchError('RecordUnreadable', `the record of batch ${batchId} in the stack's state cannot be read`);
  }
  const body = Buffer.from(objects.get(keys.head(batchId)) ?? '');
  return { head: parseHead(batchId, { body, version: '' }), objects };
}

/** Whatever unpacks to more is none: a text cannot be longer. */
const MAX_BYTES = 512 * 1024 * 1024;

/** A state may have come from anywhere: what is in it must not get anywhere else. */
const objectsSchema = z.record(
  z
    .string()
    .refine(
      (key) =>
        /^(heads|names|generations|manifests|released|secrets)\/[^\0]+$/.test(key) && !/(^|\/)\.\.?(\/|$)/.test(key),
    ),
  z.string(),
);

/** What only some process had while it worked. */
function withoutLease({ lease: _lease, ...head }: Head): Head {
  return head;
}

async function keysOf(store: Store, head: Head): Promise<string[]> {
  const found: string[] = [];
  for (const generation of head.generations) {
    const { id, cloudKey, names, policy } = generation;
    found.push(...(await store.list(keys.generation(id))), keys.manifest(head.batchId, id));
    const released = await store.list(keys.releasedOf(cloudKey));
    found.push(...released.filter((key) => key.includes(`/${id}/`)));
    const { jobs = [] } = (await findPlan(store, generation)) ?? {};
    const chunks = [
      ...names.chunks,
      ...jobs,
      ...(typeof policy.onExisting === 'object' ? policy.onExisting.chunks : []),
    ];
    found.push(...chunks.flatMap(({ digest }) => (digest === undefined ? [] : [keys.names(digest)])));
  }
  return found;
}

/**
 * Where devices still have to be deleted, it must be known who else lists them: those may be listed by batches whose own states are
 * not at hand when this one is read again.
 */
async function keysOfOthers(store: Store): Promise<string[]> {
  const heads = (await listBatches(store)).map(keys.head);
  const rest = await Promise.all(OF_ALL_BATCHES.map((prefix) => store.list(prefix)));
  return [...heads, ...rest.flat()];
}

const OF_ALL_BATCHES = ['generations/', 'names/', storePrefixes.manifests, 'released/'];
