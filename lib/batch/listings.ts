import type { Store } from './ports/store';
import { listBatches, BatchRecord } from './record/batch-record';
import type { Clock } from './ports/clock';
import { loadDevices } from './record/devices';
import type { Generation } from './record/head';
import { loadNames } from './record/names';
import type { RecordedDevice } from './record/plan';

/** A generation of any batch of the store, with the devices that it names. */
export interface Listing {
  batchId: string;
  generation: Generation;
  /** Every name that it asks for. */
  names: ReadonlySet<string>;
  /** What is recorded of its devices so far. */
  devices: ReadonlyMap<string, RecordedDevice>;
}

/**
 * What every other generation of the store, of whatever batch, has on the same product. Generations that are gone answer
 * for nothing and are left out.
 */
export async function otherListings(
  store: Store,
  clock: Clock,
  cloudKey: string,
  exceptGeneration: string,
): Promise<Listing[]> {
  const listings: Listing[] = [];
  for (const batchId of await listBatches(store)) {
    const { head } = await BatchRecord.load(store, clock, batchId);
    for (const generation of head.generations) {
      const sameProduct = generation.cloudKey === cloudKey && generation.id !== exceptGeneration;
      // Whoever only looks at devices keeps none of them alive.
      if (!sameProduct || generation.phase === 'gone' || generation.kind === 'observed') continue;
      const devices = await loadDevices(store, generation);
      const names = new Set([...(await loadNames(store, generation.names)), ...devices.keys()]);
      listings.push({ batchId, generation, names, devices });
    }
  }
  return listings;
}
