import type { Store } from './ports/store';
import { listBatches, BatchRecord } from './record/batch-record';
import type { Clock } from './ports/clock';
import { loadDevices } from './record/devices';
import type { Generation, Head } from './record/head';
import { hasNames, loadNames } from './record/names';
import type { RecordedDevice } from './record/plan';

/** A generation of any batch of the store, with the devices that it names. */
export interface Listing {
  batchId: string;
  generation: Generation;
  /** Every name that it asks for. */
  names: ReadonlySet<string>;
  /** The names that it asks for lie in a file which nobody has read yet: it may be any. */
  unread: boolean;
  /** What is recorded of its devices so far. */
  devices: ReadonlyMap<string, RecordedDevice>;
}

/** A generation of another deployment or batch, with the head that it was read from. */
export interface OtherGeneration {
  head: Head;
  generation: Generation;
}

/**
 * Every other generation of the store on the same product, of whatever batch. Generations that are gone answer for nothing
 * and are left out.
 */
export async function otherGenerations(
  store: Store,
  clock: Clock,
  cloudKey: string,
  exceptGeneration: string,
): Promise<OtherGeneration[]> {
  const others: OtherGeneration[] = [];
  for (const batchId of await listBatches(store)) {
    const { head } = await BatchRecord.load(store, clock, batchId);
    for (const generation of head.generations) {
      const sameProduct = generation.cloudKey === cloudKey && generation.id !== exceptGeneration;
      // Whoever only looks at devices keeps none of them alive.
      if (!sameProduct || generation.phase === 'gone' || generation.kind === 'observed') continue;
      others.push({ head, generation });
    }
  }
  return others;
}

/** What they all have. */
export async function otherListings(
  store: Store,
  clock: Clock,
  cloudKey: string,
  exceptGeneration: string,
): Promise<Listing[]> {
  const listings: Listing[] = [];
  for (const other of await otherGenerations(store, clock, cloudKey, exceptGeneration)) {
    listings.push(await listingOf(store, other));
  }
  return listings;
}

export async function listingOf(store: Store, { head: { batchId }, generation }: OtherGeneration): Promise<Listing> {
  const devices = await loadDevices(store, generation);
  // Nothing is planned before the names are in the store, where they stay.
  const unread =
    !generation.planned && generation.names.source !== undefined && !(await hasNames(store, generation.names));
  const asked = unread ? [] : await loadNames(store, generation.names);
  return { batchId, generation, names: new Set([...asked, ...devices.keys()]), unread, devices };
}
