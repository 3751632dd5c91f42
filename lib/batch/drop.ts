import { deleteDevices } from './delete-devices';
import { BatchError } from './errors';
import { otherListings, type Listing } from './listings';
import { lookUp } from './look-up';
import type { Operation } from './operation';
import { CloudError, type Cloud } from './ports/cloud';
import { loadDevices } from './record/devices';
import { generationOf, lists, type Generation } from './record/head';
import { keys } from './record/keys';
import { loadPlan, type RecordedDevice } from './record/plan';
import { Registration } from './registration';
import { FLIGHT_MS } from './start-job';

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
  }
}

async function clearAway(operation: Operation, generation: Generation): Promise<Dropped> {
  const { id } = generation;
  const cloud = await operation.cloudOf(generation);
  const { created, suspects } = await whatItCreated(operation, cloud, generation);

  const others = await otherListings(operation.store, operation.clock, generation.cloudKey, id);
  await operation.update((head) => {
    const dropping = generationOf(head, id).drop;
    if (dropping)
      Object.assign(dropping, {
        saw: others.map((other) => other.generation.id),
        suspects: suspects.slice(0, SUSPECTS_KEPT),
      });
  });

  const { toDelete, guarded } = await duties(operation, generation, created);
  const spared = toDelete.filter((device) => others.some((other) => lives(other, device)));
  const left = new Set(spared);
  const doomed = { devices: toDelete.filter((device) => !left.has(device)), guarded, spared };
  const deleted = await deleteDevices(operation, cloud, id, doomed);
  if (spared.some((device) => !others.some((other) => answersFor(other, device)))) {
    return { deleted, gone: false, suspects };
  }
  if (suspects.length > 0)
    operation.observer.log('warn', 'devices were left alone that cannot be proven ours', { suspects });
  await markGone(operation, id, suspects);
  return { deleted, gone: true, suspects };
}

/** Opens the drop under this lease. What an earlier one saw of the others counts no more. */
async function begin(operation: Operation, id: string): Promise<void> {
  await operation.update((head) => {
    const generation = generationOf(head, id);
    const { deleted = 0, ...rest } = generation.drop ?? {};
    generation.drop = { ...rest, lease: operation.lease.holder, deleted };
    delete generation.drop.saw;
  });
}

/** Waits for its jobs, which no cloud can cancel, and finds out what they created. */
async function whatItCreated(
  operation: Operation,
  cloud: Cloud,
  generation: Generation,
): Promise<{ created: Set<string>; suspects: string[] }> {
  const plan = await loadPlan(operation.store, generation);
  const registration = await Registration.load(operation, cloud, generation, plan);
  try {
    await registration.drain();
  } catch (error) {
    if (error instanceof BatchError && error.code === 'JobStillRunning') {
      await operation.update((head) => {
        generationOf(head, generation.id).phase = 'draining';
      });
    }
    throw error;
  }
  await registration.collectWhatIsThere();
  const carried = new Set(plan.carried.map(({ name }) => name));
  const recorded = await loadDevices(operation.store, generation);
  return {
    created: new Set([...recorded.keys()].filter((name) => !carried.has(name))),
    suspects: [
      ...(generation.drop?.suspects ?? []),
      ...(await suspectsOf(operation, cloud, generation, registration)),
    ].filter((name, i, all) => !recorded.has(name) && all.indexOf(name) === i),
  };
}

/** Devices that may be this generation's and that nobody can prove to be. */
async function suspectsOf(
  operation: Operation,
  cloud: Cloud,
  generation: Generation,
  registration: Registration,
): Promise<string[]> {
  const existing = await lookUp(operation, cloud, registration.unaccounted);
  const suspects = [...existing.keys()];
  if (registration.lostTickets.length === 0 || !cloud.createdSince) return suspects;
  const others = await otherListings(operation.store, operation.clock, generation.cloudKey, generation.id);
  for (const at of registration.lostTickets) {
    const window = await operation.patiently('listing what was created meanwhile', async () =>
      cloud.createdSince?.(at - CLOCK_SLACK_MS, at + FLIGHT_MS + CLOCK_SLACK_MS),
    );
    for (const { name, identity } of window ?? []) {
      if (!others.some(({ devices }) => devices.get(name)?.identity === identity)) suspects.push(name);
    }
  }
  return suspects;
}

/** The cloud's times are in whole seconds, and its clock is not ours. */
const CLOCK_SLACK_MS = 5_000;

/**
 * What has to be deleted, and which of it only if it has never connected. Devices that were carried over by a change that
 * never succeeded are left alone; adopted ones are never deleted.
 */
async function duties(
  operation: Operation,
  generation: Generation,
  created: ReadonlySet<string>,
): Promise<{ toDelete: RecordedDevice[]; guarded: Set<RecordedDevice> }> {
  const own = [...(await loadDevices(operation.store, generation)).values()];
  const made = ({ name }: RecordedDevice) => created.has(name);
  if (!generation.reported) return { toDelete: own.filter(made), guarded: new Set() };
  const toDelete = own.filter(({ provenance }) => provenance === 'created');
  // The policy is that of the last event that succeeded; a Delete brings none of its own.
  const { deleteActivated } = operation.head.policy ?? generation.policy;
  if (deleteActivated) return { toDelete, guarded: new Set() };
  return { toDelete, guarded: new Set(toDelete.filter((device) => generation.named || !made(device))) };
}

/** A device lives as long as any generation lists it: with its identity, or with any while none is recorded. */
function lives(other: Listing, device: RecordedDevice): boolean {
  if (!lists(other.generation) || !other.names.has(device.name)) return false;
  const recorded = other.devices.get(device.name);
  return recorded === undefined || recorded.identity === device.identity;
}

/** Whether a device has found a home for good, so that the falling generation need not remember it. */
function answersFor(other: Listing, device: RecordedDevice): boolean {
  const { phase, reported } = other.generation;
  return phase === 'standing' && reported && other.devices.get(device.name)?.identity === device.identity;
}

/**
 * Forgets the generation. That nothing is left to delete is written down first, so that a call which is cut off below goes
 * on here; what its devices were is not known any more by then.
 */
async function markGone(operation: Operation, id: string, suspects: string[]): Promise<void> {
  const { batchId, store } = operation;
  if (operation.generation(id).phase === 'gone') return;
  await operation.update((head) => {
    const generation = generationOf(head, id);
    const { deleted = 0 } = generation.drop ?? {};
    generation.drop = {
      lease: operation.lease.holder,
      deleted,
      suspects: suspects.slice(0, SUSPECTS_KEPT),
      cleared: true,
    };
  });
  await operation.ports.vault.forget({ batchId, generationId: id });
  await store.delete(keys.manifest(batchId, id));
  for (const key of await store.list(keys.generation(id))) await store.delete(key);
  await operation.update((head) => {
    generationOf(head, id).phase = 'gone';
  });
}

/** For the message; the head has to stay small. */
const SUSPECTS_KEPT = 50;
