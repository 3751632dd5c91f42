import { forgetCredentials } from './credentials';
import { findCreated, type Created } from './created';
import { deleteDevices, type Doomed } from './delete-devices';
import { dutiesOf } from './duties';
import { BatchError } from './errors';
import { fetchNamesOfOthers } from './fetch-names';
import { otherListings, type Listing } from './listings';
import { createdMeanwhile } from './lost-requests';
import { listOf } from './messages';
import type { Operation } from './operation';
import { policyInForce, policyOfResource } from './policy-in-force';
import { CloudError, type Cloud } from './ports/cloud';
import { generationOf, lists, owed, type Generation } from './record/head';
import { keys } from './record/keys';
import { loadPlan, type RecordedDevice } from './record/plan';
import { saveReleased } from './record/released';
import { isSameDevice } from './same-device';

export interface Dropped {
  /** Devices deleted in all, over every call. */
  deleted: number;
  /** False while an unfinished generation may yet need what this one knows of their common devices. */
  gone: boolean;
  /** Devices that exist under names of ours and cannot be proven ours: never deleted, to be named in the answer. */
  suspects: string[];
}

/**
 * Deletes or releases the devices of a falling generation, as far as no other generation lists them. It may be called as
 * often as it takes.
 *
 * @throws BatchError with what is left and why; the generation stays owed.
 */
export async function drop(operation: Operation, id: string): Promise<Dropped> {
  const generation = operation.generation(id);
  const { deleted: before = 0, suspects: known = [], cleared } = generation.drop ?? {};
  if (!generation.planned || generation.kind === 'observed' || cleared || generation.phase === 'gone') {
    // Jobs come after the plan, so there is nothing at the cloud; and what is only observed belongs to somebody else.
    await markGone(operation, id, known);
    return { deleted: before, gone: true, suspects: known };
  }
  await begin(operation, id);
  try {
    return await clearAway(operation, generation);
  } catch (error) {
    if (!(error instanceof CloudError) || error.details.missing !== 'product') throw error;
    // The product has taken its devices with it.
    operation.observer.log('warn', `nothing is left to delete: ${error.message}`);
    await markGone(operation, id, known);
    return { deleted: before, gone: true, suspects: known };
  } finally {
    await close(operation, id);
  }
}

async function clearAway(operation: Operation, generation: Generation): Promise<Dropped> {
  const { id } = generation;
  const cloud = await operation.cloudOf(generation);
  if (nobodyMaySay(operation, cloud, generation)) await keepByOwnPolicy(operation, id);
  const { doomed, toRelease, homeless, suspects } = await sortOut(operation, cloud, operation.generation(id));
  const deleted = await deleteDevices(operation, cloud, id, doomed);
  const place = { batchId: operation.batchId, generationId: id };
  await saveReleased(operation.store, generation.cloudKey, place, toRelease);
  if (homeless) return { deleted, gone: false, suspects };
  if (suspects.length > 0)
    operation.observer.log('warn', `devices were left alone that cannot be proven ours: ${listOf(suspects)}`, {
      suspects,
    });
  await markGone(operation, id, suspects);
  return { deleted, gone: true, suspects };
}

/**
 * Whether its devices could neither be deleted, as nobody can tell which have connected, nor kept, by the policy of a batch that has never
 * been on this cloud. The generation was deployed only because it retains them.
 */
function nobodyMaySay({ head }: Operation, { limits }: Cloud, generation: Generation): boolean {
  const policy = policyOfResource(head, generation);
  const isForced = policy?.deleteActivated === true || generation.drop?.deleteActivated === true;
  return !limits.knowsActivation && !isForced && generation.policy.removalPolicy === 'retain';
}

async function keepByOwnPolicy(operation: Operation, id: string): Promise<void> {
  await operation.update((head) => {
    generationOf(head, id).keepsByOwnPolicy = true;
  });
}

/**
 * What has to become of each device. `homeless`: whether a spared one is listed by nobody for good yet. Whatever else was read
 * for it is forgotten before the deletion, which takes most of the time.
 */
async function sortOut(
  operation: Operation,
  cloud: Cloud,
  generation: Generation,
): Promise<{ doomed: Doomed; toRelease: RecordedDevice[]; homeless: boolean; suspects: string[] }> {
  const { id } = generation;
  const { suspects, ...found } = await whatItCreated(operation, cloud, generation);

  await fetchNamesOfOthers(operation, generation);
  const others = await otherListings(operation.store, operation.clock, generation.cloudKey, id);
  await operation.update((head) => {
    const dropping = generationOf(head, id).drop;
    if (dropping)
      Object.assign(dropping, {
        saw: others.map((other) => other.generation.id),
        suspects: suspects.slice(0, SUSPECTS_KEPT),
      });
  });

  const { toDelete, toRelease, guarded } = await dutiesOf(operation, cloud, generation, found);
  const spared = [...toDelete, ...toRelease].filter((device) =>
    others.some((other) => lives(other, device, generation, cloud) || decides(other, device, generation, cloud)),
  );
  const left = new Set(spared);
  const unlisted = (device: RecordedDevice) => !left.has(device);
  return {
    doomed: { devices: toDelete.filter(unlisted), guarded, spared },
    toRelease: toRelease.filter(unlisted),
    homeless: spared.some((device) => !others.some((other) => answersFor(other, device, generation, cloud))),
    suspects,
  };
}

/** Opens the drop under this lease. What an earlier one saw of the others counts no more. */
async function begin(operation: Operation, id: string): Promise<void> {
  const { holder } = operation.lease;
  await operation.update((head) => {
    const generation = generationOf(head, id);
    const { deleted = 0, ...rest } = generation.drop ?? {};
    generation.drop = { ...rest, lease: holder, deleted, ...(wasCutOff(generation, holder) && { cutOff: true }) };
    delete generation.drop.saw;
  });
}

/** Closes a drop that is not over. Where that cannot be written, it counts as cut off. */
async function close({ lease, observer }: Operation, id: string): Promise<void> {
  const closed = lease.update((head) => {
    const { drop } = generationOf(head, id);
    if (drop?.lease !== lease.holder || drop.cleared) return false;
    drop.lease = NOBODY;
    return true;
  });
  await closed.catch((error: unknown) => {
    observer.log('debug', 'the end of a drop could not be noted', { error: String(error) });
  });
}

/** Whether a drop was begun by others, who did not come to close it: what they last deleted may be on its way still. */
export function wasCutOff({ drop }: Generation, holder: string): boolean {
  return drop !== undefined && (drop.cutOff === true || (drop.lease !== NOBODY && drop.lease !== holder));
}

/** Under whose lease a drop is that nobody is at work on. */
const NOBODY = '';

async function whatItCreated(
  operation: Operation,
  cloud: Cloud,
  generation: Generation,
): Promise<Pick<Created, 'recorded' | 'created'> & { suspects: string[] }> {
  const plan = await loadPlan(operation.store, generation);
  try {
    const { recorded, created, unproven, registration } = await findCreated(operation, cloud, generation, plan);
    const window = await createdMeanwhile(operation, cloud, generation, registration.lostRequests);
    const suspects = [...(generation.drop?.suspects ?? []), ...unproven, ...window];
    return { recorded, created, suspects: [...new Set(suspects)].filter((name) => !created.has(name)) };
  } catch (error) {
    if (error instanceof BatchError && error.code === 'JobStillRunning') {
      await operation.update((head) => {
        generationOf(head, generation.id).phase = 'draining';
      });
    }
    throw error;
  }
}

/**
 * A device lives as long as any generation lists it: with its identity, or with any while none is recorded, or where nobody can tell
 * one device of the name from another.
 */
function lives(other: Listing, device: RecordedDevice, mine: Generation, cloud: Cloud): boolean {
  if (!lists(other.generation) || !(other.unread || other.names.has(device.name))) return false;
  const recorded = other.devices.get(device.name);
  return recorded === undefined || isIt(other.generation, recorded, device, mine, cloud);
}

/**
 * What was in use in a falling generation is deleted, released or refused by that one's policy, and not taken back with a change that
 * nobody heard of.
 */
function decides(other: Listing, device: RecordedDevice, mine: Generation, cloud: Cloud): boolean {
  const { reported, named } = mine;
  if ((reported && named) || !other.generation.reported || !owed(other.generation)) return false;
  const recorded = other.devices.get(device.name);
  return recorded !== undefined && isIt(other.generation, recorded, device, mine, cloud);
}

/** Whether a device has found a home for good, so that the falling generation need not remember it. */
function answersFor(other: Listing, device: RecordedDevice, mine: Generation, cloud: Cloud): boolean {
  const { phase, reported } = other.generation;
  const recorded = other.devices.get(device.name);
  return (
    phase === 'standing' && reported && recorded !== undefined && isIt(other.generation, recorded, device, mine, cloud)
  );
}

/**
 * Whether the deletion of a device may be that of what another generation has recorded under its name. Where names are all that is
 * known, it may be if the other one came later: what an older one has recorded was gone before this one's was made.
 */
function isIt(
  { bornAt }: Generation,
  recorded: RecordedDevice,
  device: RecordedDevice,
  mine: Generation,
  { traits }: Cloud,
): boolean {
  if (recorded.identity === device.identity) return true;
  const isToldByName = traits.knowsNamesOnly || isSameDevice(recorded.identity, device.identity);
  return Boolean(isToldByName) && bornAt >= mine.bornAt;
}

/**
 * Forgets the generation. That nothing is left to delete is written down first, so that a call which is cut off below goes
 * on here; what its devices were is not known any more by then.
 */
export async function markGone(operation: Operation, id: string, suspects: string[]): Promise<void> {
  const { batchId, store } = operation;
  const generation = operation.generation(id);
  const { phase, reported, drop } = generation;
  if (phase === 'gone') return;
  // Whoever retains the devices of a batch goes on using what they need.
  const retains = drop?.cleared
    ? drop.retains
    : reported && policyInForce(operation.head, generation).removalPolicy === 'retain';
  await operation.update((head) => {
    const generation = generationOf(head, id);
    const { deleted = 0 } = generation.drop ?? {};
    generation.drop = {
      lease: operation.lease.holder,
      deleted,
      suspects: suspects.slice(0, SUSPECTS_KEPT),
      cleared: true,
      ...(retains && { retains }),
    };
  });
  if (!retains) {
    await forgetCredentials(operation, id);
    await store.delete(keys.manifest(batchId, id));
  }
  for (const key of await store.list(keys.generation(id))) await store.delete(key);
  await operation.update((head) => {
    generationOf(head, id).phase = 'gone';
  });
}

/** For the message; the head has to stay small. */
const SUSPECTS_KEPT = 50;
