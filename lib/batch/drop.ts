import { forEachLimited } from './concurrency';
import { BatchError } from './errors';
import { otherListings, type Listing } from './listings';
import { devices, listFailures } from './messages';
import type { Operation } from './operation';
import { activatedDevices, activatedOf, lookUp } from './planning';
import { CloudError, type Cloud, type DeviceFailure } from './ports/cloud';
import { loadDevices } from './record/devices';
import { generationOf, lists, type Generation } from './record/head';
import { keys } from './record/keys';
import { sha256 } from './record/names';
import { loadPlan, type RecordedDevice } from './record/plan';
import { Registration } from './registration';
import { FLIGHT_MS } from './start-job';

/** Between two notes of how far it has come, a drop deletes as many devices as this. */
const BLOCK = 200;

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
  if (!generation.planned || generation.kind === 'observed') {
    // Jobs come after the plan, so there is nothing at the cloud; and what is only observed belongs to somebody else.
    await markGone(operation, id);
    return { deleted: 0, gone: true, suspects: [] };
  }
  await begin(operation, id);
  const cloud = await operation.cloudOf(generation);
  const { created, suspects } = await whatItCreated(operation, cloud, generation);

  const others = await otherListings(operation.store, operation.clock, generation.cloudKey, id);
  await operation.update((head) => {
    const dropping = generationOf(head, id).drop;
    if (dropping) dropping.saw = others.map((other) => other.generation.id);
  });

  const { toDelete, guarded } = await duties(operation, generation, created);
  const spared = new Set([...toDelete].filter((device) => others.some((other) => lives(other, device))));
  const doomed = [...toDelete].filter((device) => !spared.has(device)).sort((a, b) => (a.name < b.name ? -1 : 1));
  await mustNotHaveConnected(
    operation,
    cloud,
    generation,
    doomed.filter((device) => guarded.has(device)),
  );

  const deleted = await deleteAll(operation, cloud, id, doomed, [...spared]);
  if ([...spared].some((device) => !others.some((other) => answersFor(other, device)))) {
    return { deleted, gone: false, suspects };
  }
  await markGone(operation, id);
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
  await registration.collect(async () => undefined);
  const carried = new Set(plan.carried.map(({ name }) => name));
  const recorded = await loadDevices(operation.store, generation);
  return {
    created: new Set([...recorded.keys()].filter((name) => !carried.has(name))),
    suspects: (await suspectsOf(operation, cloud, generation, registration)).filter((name) => !recorded.has(name)),
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
): Promise<{ toDelete: Set<RecordedDevice>; guarded: Set<RecordedDevice> }> {
  const own = [...(await loadDevices(operation.store, generation)).values()];
  if (!generation.reported || !generation.named) {
    return { toDelete: new Set(own.filter(({ name }) => created.has(name))), guarded: new Set() };
  }
  const toDelete = new Set(own.filter(({ provenance }) => provenance === 'created'));
  return { toDelete, guarded: toDelete };
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

async function mustNotHaveConnected(
  operation: Operation,
  cloud: Cloud,
  generation: Generation,
  guarded: readonly RecordedDevice[],
): Promise<void> {
  // The policy is that of the last event that succeeded; a Delete brings none of its own.
  const { deleteActivated } = operation.head.policy ?? generation.policy;
  if (deleteActivated) return;
  const connected = await activatedOf(operation, cloud, guarded);
  if (connected.length > 0) throw activatedDevices(connected, 'would be deleted');
}

/**
 * Deletes in the order of the names and notes how far it has come. The note holds only for the same spared devices: when
 * others list less than before, it begins again.
 */
async function deleteAll(
  operation: Operation,
  cloud: Cloud,
  id: string,
  doomed: readonly RecordedDevice[],
  spared: readonly RecordedDevice[],
): Promise<number> {
  const sparedDigest = sha256(
    spared
      .map(({ name }) => name)
      .sort()
      .join('\n'),
  );
  const noted = operation.generation(id).drop;
  const resumed = noted?.spared === sparedDigest && typeof noted.after === 'string' ? noted.after : '';
  const rest = doomed.filter(({ name }) => name > resumed);
  const before = doomed.length - rest.length;
  const blocked: DeviceFailure[] = [];

  for (let from = 0; from < rest.length; from += BLOCK) {
    const done = before + from;
    operation.time.check(() => `with ${done} of ${doomed.length} devices deleted; run it again, it continues`);
    operation.observer.progress({ step: 'delete', done, of: doomed.length });
    const block = rest.slice(from, from + BLOCK);
    await forEachLimited(block, cloud.traits.concurrency, async (device) => {
      const reason = await deleteOne(operation, cloud, device);
      if (reason) blocked.push(reason);
    });
    // A device that could not be deleted must be tried again: the note stays before it.
    if (blocked.length === 0) await note(operation, id, before + from + block.length, block.at(-1)?.name, sparedDigest);
  }
  if (blocked.length > 0) {
    throw new BatchError(
      'DevicesNotDeleted',
      `${blocked.length} of ${devices(doomed.length)} could not be deleted: ${listFailures(blocked)}`,
    );
  }
  return doomed.length;
}

/** The reason if the cloud refuses to delete just this device. */
async function deleteOne(
  operation: Operation,
  cloud: Cloud,
  device: RecordedDevice,
): Promise<DeviceFailure | undefined> {
  try {
    await operation.patiently('deleting devices', () => cloud.delete(device));
    return undefined;
  } catch (error) {
    if (!(error instanceof CloudError) || error.kind !== 'permanent') throw error;
    return { name: device.name, code: error.vendorCode, reason: error.message };
  }
}

async function note(operation: Operation, id: string, deleted: number, after: string | undefined, spared: string) {
  await operation.update((head) => {
    const { drop } = generationOf(head, id);
    if (drop && after !== undefined) Object.assign(drop, { deleted, after, spared });
  });
}

/** Secrets go first: once the generation is gone nobody would look for them again. */
async function markGone(operation: Operation, id: string): Promise<void> {
  const { batchId, store } = operation;
  await operation.ports.vault.forget({ batchId, generationId: id });
  await store.delete(keys.manifest(batchId, id));
  await operation.update((head) => {
    const generation = generationOf(head, id);
    generation.phase = 'gone';
    delete generation.drop;
  });
  for (const key of await store.list(keys.generation(id))) await store.delete(key);
}
