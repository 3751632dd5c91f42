import { activatedAmong, activatedDevices } from './activation';
import { BatchError } from './errors';
import { namesInDoubt } from './in-doubt';
import { otherListings, type Listing } from './listings';
import { lookUpInParts } from './look-up';
import { devices, listOf } from './messages';
import type { Operation } from './operation';
import type { Cloud, FoundDevice } from './ports/cloud';
import { loadDevices } from './record/devices';
import { lists, type Generation } from './record/head';
import { loadNames, saveNames } from './record/names';
import { namesOf, type Plan, type RecordedDevice } from './record/plan';
import { identityByName, isSameDevice } from './same-device';
import { loadReleased } from './record/released';

/**
 * Finds out, before anything is created, what a new generation is made of: which of its devices exist and are this
 * store's already, and which have to be registered, in which jobs.
 *
 * @throws BatchError `DevicesExist` if a name belongs to a device that this store knows nothing of, `DevicesInDoubt` if it may
 * be one that another change was about to record, `IdentityChanged` if it belongs to another device than the one that a living generation recorded, `ActivatedDevices` if a device that has
 * connected would leave the batch.
 */
export async function makePlan(operation: Operation, cloud: Cloud, generation: Generation): Promise<Plan> {
  if (generation.kind === 'assigned') return planNameless(operation, cloud, generation);
  const { store, clock } = operation;
  const wanted = await loadNames(store, generation.names);
  const others = await otherListings(store, clock, generation.cloudKey, generation.id);
  const found = await lookUpInParts(operation, cloud, generation, wanted);
  const { doubtful, known: listings } = await namesInDoubt(store, others, [...found.keys()]);
  if (doubtful.size > 0) throw devicesInDoubt(doubtful, cloud);
  const released = await loadReleased(store, generation.cloudKey);
  const mayAdopt = await adoptable(operation, generation);

  const carried: RecordedDevice[] = [];
  const sources = new Set<Listing>();
  const releasedFrom = new Map<string, Plan['sources'][number]>();
  const foreign: string[] = [];
  for (const name of wanted) {
    const device = found.get(name);
    if (!device) continue;
    const claims = listings.filter(({ devices }) => devices.has(name));
    const { identity } = device;
    const alike = claimsOn(device, claims);
    const [claim] = alike;
    const release = released.get(identity) ?? released.get(identityByName(name));
    if (!claim && claims.some((each) => lists(each.generation))) throw identityChanged(name, claims[0]?.batchId ?? '');
    if (!claim && !release && !mayAdopt(name)) {
      // Nobody else has a device of a name that was derived from this batch's id.
      if (generation.kind === 'generated') carried.push({ name, identity, provenance: 'created' });
      else foreign.push(name);
      continue;
    }
    const recorded = claim?.devices.get(name);
    const { provenance = 'adopted' } = (!release && recorded) || {};
    // As it is recorded: by that its secrets are found, and other generations know it.
    carried.push({ name, identity: recorded?.identity ?? identity, provenance });
    for (const source of alike) sources.add(source);
    if (!claim && release) releasedFrom.set(release.generationId, release);
  }
  if (foreign.length > 0) throw devicesExist(foreign, wanted.length, cloud);

  await mustNotLoseActivated(operation, generation, new Set(wanted));
  const missing = wanted.filter((name) => !found.has(name));
  const recordedIn = [...sources].sort(youngerFirst).map(placeOf);
  const jobs = await cutIntoJobs(operation, missing, cloud);
  return { carried, sources: [...recordedIn, ...releasedFrom.values()], jobs };
}

/**
 * Who has recorded a device that may be this one. Where a name is all that is known, the younger record is right: what an older one
 * tells of may be gone, and its secrets with it.
 */
function claimsOn({ name, identity }: FoundDevice, claims: readonly Listing[]): Listing[] {
  const recorded = ({ devices }: Listing) => devices.get(name)?.identity;
  const isProven = (claim: Listing) => Number(recorded(claim) === identity);
  return claims
    .filter((claim) => isSameDevice(recorded(claim), identity))
    .sort((a, b) => isProven(b) - isProven(a) || youngerFirst(a, b));
}

function youngerFirst(a: Listing, b: Listing): number {
  return b.generation.bornAt - a.generation.bornAt;
}

function placeOf({ batchId, generation }: Listing): Plan['sources'][number] {
  return { batchId, generationId: generation.id };
}

/** Whether an existing device of a name may join that the store knows nothing of. */
async function adoptable({ store }: Operation, { policy }: Generation): Promise<(name: string) => boolean> {
  const { onExisting } = policy;
  if (typeof onExisting === 'string') return () => onExisting === 'adopt';
  const names = new Set(await loadNames(store, onExisting));
  return (name) => names.has(name);
}

/**
 * Devices whose names the cloud invented are carried over from what stands or was kept, in their order, as many as are wanted and still
 * exist; the cloud invents the rest.
 */
async function planNameless(operation: Operation, cloud: Cloud, generation: Generation): Promise<Plan> {
  const { store, head, batchId } = operation;
  const { count } = generation.names;
  const old = head.generations.filter(
    ({ id, kind, phase, cloudKey }) =>
      kind === 'assigned' &&
      cloudKey === generation.cloudKey &&
      ((id === head.current && phase === 'standing') || phase === 'failed'),
  );
  const recorded = new Map<string, RecordedDevice>();
  for (const each of old) {
    for (const device of (await loadDevices(store, each)).values()) recorded.set(device.name, device);
  }
  const found = await lookUpInParts(operation, cloud, generation, [...recorded.keys()]);
  const changed = [...recorded.values()].find(
    ({ name, identity }) => (found.get(name)?.identity ?? identity) !== identity,
  );
  if (changed) throw identityChanged(changed.name, batchId);
  const carried = [...recorded.values()].filter(({ name }) => found.has(name)).slice(0, count);

  await mustNotLoseActivated(operation, generation, new Set(carried.map(({ name }) => name)));
  const { assignedPerJob = 1 } = cloud.limits;
  const jobs: Plan['jobs'] = [];
  for (let left = count - carried.length; left > 0; left -= assignedPerJob) {
    jobs.push({ count: Math.min(left, assignedPerJob) });
  }
  return { carried, sources: old.map(({ id }) => ({ batchId, generationId: id })), jobs };
}

/** What the batch has and this generation does not is deleted after the change: found out before it begins. */
async function mustNotLoseActivated(
  operation: Operation,
  generation: Generation,
  wanted: ReadonlySet<string>,
): Promise<void> {
  if (generation.policy.deleteActivated || generation.policy.removalPolicy === 'retain') return;
  for (const old of operation.head.generations.filter(
    ({ phase, kind }) => (phase === 'standing' || phase === 'failed') && kind !== 'observed',
  )) {
    const stays = (name: string) => old.cloudKey === generation.cloudKey && wanted.has(name);
    const devices = [...(await loadDevices(operation.store, old)).values()];
    const leaving = devices.filter(({ name, provenance }) => provenance === 'created' && !stays(name));
    const found = await lookUpInParts(operation, await operation.cloudOf(old), generation, namesOf(leaving));
    const connected = activatedAmong(leaving, found);
    if (connected.length > 0) throw activatedDevices(connected, 'leave the batch');
  }
}

async function cutIntoJobs(operation: Operation, names: readonly string[], cloud: Cloud): Promise<Plan['jobs']> {
  const { namesPerJob } = cloud.limits;
  const jobs: Plan['jobs'] = [];
  for (let from = 0; from < names.length; from += namesPerJob) {
    const { chunks } = await saveNames(operation.store, names.slice(from, from + namesPerJob));
    jobs.push(...chunks);
  }
  return jobs;
}

function identityChanged(name: string, batchId: string): BatchError {
  return new BatchError(
    'IdentityChanged',
    `"${name}" is another device than the one that batch ${batchId} recorded: ` +
      'somebody deleted and registered it again. Delete it at the cloud, or take its name out of the batch',
  );
}

function devicesInDoubt(doubtful: ReadonlyMap<string, string>, cloud: Cloud): BatchError {
  const batches = [...new Set(doubtful.values())];
  return new BatchError(
    'DevicesInDoubt',
    `${devices(doubtful.size)} on ${cloud.limits.title} may have been made by a change of batch ${listOf(batches)} that has not come to ` +
      `its end: ${listOf([...doubtful.keys()])}. Nothing was registered. Deploy again when that change is over or taken back`,
  );
}

function devicesExist(names: string[], wanted: number, cloud: Cloud): BatchError {
  return new BatchError(
    'DevicesExist',
    `${names.length} of ${wanted} devices exist on ${cloud.limits.title} already and are not this stack's: ${listOf(names)}; ` +
      'nothing was registered. Remove them there, choose other names, or set onExisting to "adopt"',
  );
}
