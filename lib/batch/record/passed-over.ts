import * as z from 'zod';
import type { Store } from '../ports/store';
import { requireJson } from './json';
import { keys } from './keys';

const namesSchema = z.array(z.string());

/** Writes a part of what a round of deletions has passed over; the same part written again takes the place of the first. */
export async function savePassedOver(
  store: Store,
  generationId: string,
  { round, part }: { round: number; part: number },
  names: readonly string[],
): Promise<void> {
  await store.put(keys.passedOver(generationId, round, part), JSON.stringify(names));
}

/** The names in the first `parts` of what a round has passed over. @throws BatchError `RecordMissing`, `RecordUnreadable` */
export async function loadPassedOver(
  store: Store,
  generationId: string,
  { round, parts }: { round: number; parts: number },
): Promise<Set<string>> {
  const names = new Set<string>();
  for (let part = 0; part < parts; part++) {
    for (const name of await requireJson(store, keys.passedOver(generationId, round, part), namesSchema))
      names.add(name);
  }
  return names;
}
