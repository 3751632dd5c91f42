import * as z from 'zod';
import type { Store } from '../ports/store';
import type { GenerationPlace } from '../ports/vault';
import { readJson } from './json';
import { keys } from './keys';
import { sha256 } from './names';
import type { RecordedDevice } from './plan';

const releasedSchema = z.looseObject({
  batchId: z.string(),
  generationId: z.string(),
  /** Pairs of name and identity. */
  devices: z.array(z.tuple([z.string(), z.string()])),
});

/** Devices in one object. */
const PART = 10_000;

/**
 * Writes down that devices left a batch without being deleted. It is remembered for as long as the store exists: such a
 * device is never deleted, and any batch of the store may list it again. Writing the same twice changes nothing, and writing more later
 * takes nothing away: a generation may be released bit by bit.
 */
export async function saveReleased(
  store: Store,
  cloudKey: string,
  { batchId, generationId }: GenerationPlace,
  devices: readonly RecordedDevice[],
): Promise<void> {
  for (let from = 0; from < devices.length; from += PART) {
    const part = devices.slice(from, from + PART).map(({ name, identity }) => [name, identity]);
    const body = JSON.stringify({ batchId, generationId, devices: part });
    await store.put(keys.released(cloudKey, generationId, sha256(body)), body);
  }
}

/** Every device of a product that the store has released: by identity, where its secrets were kept. */
export async function loadReleased(store: Store, cloudKey: string): Promise<Map<string, GenerationPlace>> {
  const released = new Map<string, GenerationPlace>();
  for (const key of await store.list(keys.releasedOf(cloudKey))) {
    const part = await readJson(store, key, releasedSchema);
    for (const [, identity] of part?.devices ?? []) {
      released.set(identity, { batchId: part?.batchId as string, generationId: part?.generationId as string });
    }
  }
  return released;
}
