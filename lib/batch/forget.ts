import { markGone, wasCutOff } from './drop';
import { otherListings, listingOf, type Listing } from './listings';
import { noteLostDeletion } from './lost-deletions';
import type { Operation } from './operation';
import { saveReleased } from './record/released';

/**
 * Gives up an owed generation, because somebody has seen to its devices: nothing happens at the cloud. Those on record that
 * nobody else has are released, so that a batch of the store may list them again.
 *
 * @returns the names under which devices of it may still exist.
 */
export async function forget(operation: Operation, id: string): Promise<string[]> {
  const { store, clock, head, batchId } = operation;
  const generation = operation.generation(id);
  let names: string[] = [];
  if (generation.planned && generation.kind !== 'observed') {
    const own = await listingOf(store, { head, generation });
    const others = await otherListings(store, clock, generation.cloudKey, id);
    const alone = (name: string) => !others.some((other) => hasSame(other, own, name));
    names = [...own.names].filter(alone);
    const recorded = [...own.devices.values()].filter(({ name }) => alone(name));
    await saveReleased(store, generation.cloudKey, { batchId, generationId: id }, recorded);
    if (wasCutOff(generation, operation.lease.holder)) await noteLostDeletion(operation, generation.cloudKey, names);
  }
  await markGone(operation, id, generation.drop?.suspects ?? []);
  return names;
}

/** Whether another generation has the device of this name, or may have: while no identity is recorded, it is any. */
function hasSame(other: Listing, own: Listing, name: string): boolean {
  if (!other.names.has(name)) return false;
  const theirs = other.devices.get(name)?.identity;
  const ours = own.devices.get(name)?.identity;
  return theirs === undefined || ours === undefined || theirs === ours;
}
