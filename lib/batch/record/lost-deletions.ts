import * as z from 'zod';
import type { Store } from '../ports/store';
import { readJson } from './json';
import { keys } from './keys';

const lostDeletionSchema = z.looseObject({
  /** Until when it may still be executed (milliseconds since 1970). */
  until: z.number(),
  names: z.array(z.string()),
});

export type LostDeletion = z.output<typeof lostDeletionSchema>;

/** Writes down deletions whose answers nobody has heard. Returns the key, to be deleted should they be heard after all. */
export async function saveLostDeletion(
  store: Store,
  cloudKey: string,
  nonce: string,
  deletion: LostDeletion,
): Promise<string> {
  const key = keys.lostDeletion(cloudKey, nonce);
  await store.put(key, JSON.stringify(deletion));
  return key;
}

/** Those of a product, or of all, that may still be executed. What is older is removed. */
export async function loadLostDeletions(store: Store, now: number, cloudKey?: string): Promise<LostDeletion[]> {
  const flying: LostDeletion[] = [];
  const prefix = cloudKey === undefined ? keys.lostDeletions : keys.lostDeletionsOf(cloudKey);
  for (const key of await store.list(prefix)) {
    const deletion = await readJson(store, key, lostDeletionSchema);
    if (deletion && deletion.until > now) flying.push(deletion);
    else await store.delete(key);
  }
  return flying;
}
