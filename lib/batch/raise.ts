import { MAX_LISTS_BYTES } from './contract/attributes';
import { dropSeconds } from './contract/time-budget';
import { BatchError } from './errors';
import { accountForKept } from './kept';
import { listingOf, otherGenerations, type OtherGeneration } from './listings';
import { forgetLookUps } from './look-up';
import { awaitLostDeletions } from './lost-deletions';
import { devices, listFailures } from './messages';
import type { Operation } from './operation';
import { observeJob } from './observe-job';
import { settleOwed } from './owed';
import { makePlan } from './planning';
import { keepCarriedCredentials } from './carried-credentials';
import { keepCredentials, requireSecrets } from './credentials';
import { poll } from './poll';
import type { Cloud, DeviceFailure } from './ports/cloud';
import type { Workers } from './ports/workers';
import { learnNames, publish } from './publish';
import { generationOf, owed, type Generation } from './record/head';
import { isHeld } from './record/lease';
import { loadNames } from './record/names';
import { loadPlan, savePlan, type Plan } from './record/plan';
import { Registration } from './registration';

/**
 * Brings a rising generation to where every device of it exists, is recorded, and has its credentials stored. Every step
 * looks at what is there before it acts, so it can be called again after it was cut off anywhere.
 *
 * @throws BatchError with the reason why it cannot be done; what exists by then is left for `drop`.
 */
export async function raise(operation: Operation, id: string): Promise<void> {
  const generation = operation.generation(id);
  mustNotChangeOwnership(operation, generation);
  if (generation.kind === 'observed') return observeJob(operation, generation);
  // Who gave them up may have been cut off: then that is to be finished here.
  const names = await loadNames(operation.store, generation.names);
  while (await awaitRunningDrops(operation, generation, names)) await settleOwed(operation);
  await awaitLostDeletions(operation, generation.cloudKey, names);
  const cloud = await operation.cloudOf(generation);
  const plan = await planOf(operation, cloud, generation);
  const work = operation.endingBy(forwardLimit(operation, cloud, plan));

  const registration = await Registration.load(work, cloud, generation, plan);
  await registration.check();
  await registration.commit();
  const failures = await registration.failures();
  if (failures.length > 0) throw notRegistered(generation, failures);

  await registration.collect(async (job, found) => {
    requireSecrets(work, id, found);
    await keepCredentials(work, id, job, found);
  });
  await keepCarriedCredentials(work, cloud, id, plan);
  if (generation.kind === 'assigned') await learnNames(operation, id);
  const { jobIds } = registration;
  // A thousand jobs have no room in the head, nor in a response; the manifest has them.
  if (jobIds.join().length <= MAX_LISTS_BYTES) {
    await operation.update((head) => {
      generationOf(head, id).jobIds = jobIds;
    });
  }
  await publish(operation, id);
}

/** A batch either owns its devices or looks at somebody's job: in between, nobody could say what a Delete means. */
function mustNotChangeOwnership(operation: Operation, generation: Generation): void {
  const observes = generation.kind === 'observed';
  const other = operation.head.generations.find(({ id, phase, kind }) => {
    return id !== generation.id && phase === 'standing' && (kind === 'observed') !== observes;
  });
  if (!other) return;
  throw new BatchError(
    'OwnershipChange',
    `a batch that ${observes ? 'owns its devices' : 'lists the devices of a job'} cannot begin to ` +
      `${observes ? 'list those of a job' : 'own some'}: make another batch for it`,
  );
}

/** The plan, made once, and written before anything follows from it. */
async function planOf(operation: Operation, cloud: Cloud, generation: Generation): Promise<Plan> {
  if (generation.planned) return loadPlan(operation.store, generation);
  await operation.patiently('reading the product', () => cloud.inspect());
  // Letters and digits only, so it is a name on every cloud; 64 random bits, so it is nobody's.
  const nobody = `zz${operation.clock.nonce(8)}`;
  await operation.patiently('proving that devices may be deleted', () => cloud.proveDeletable(nobody));
  await accountForKept(operation, generation.cloudKey);
  const plan = await makePlan(operation, cloud, generation);
  await savePlan(operation.store, generation, plan);
  await forgetLookUps(operation, generation);
  await operation.update((head) => {
    generationOf(head, generation.id).planned = true;
  });
  return plan;
}

/**
 * A drop in another batch may have looked who lists its devices before our list was there, and now delete what we are about
 * to take over. Our list is in the store, so one that looks from now on spares our devices; one that looked before is
 * waited for.
 *
 * @returns whether there was anything to wait for.
 */
async function awaitRunningDrops(
  operation: Operation,
  generation: Generation,
  names: readonly string[],
): Promise<boolean> {
  const { store, clock, time, batchId } = operation;
  let waited = false;
  await poll(clock, time, 'while another batch was giving up devices of the same names', async () => {
    let deleting = 0;
    for (const other of await otherGenerations(store, clock, generation.cloudKey, generation.id)) {
      // Heads are small. What they list is not, and read for the few only that matter.
      if (other.head.batchId === batchId || !isBeingDropped(other, clock.now(), operation.ports.workers)) continue;
      if (other.generation.drop?.saw?.includes(generation.id)) continue;
      const listing = await listingOf(store, other);
      if (names.some((name) => listing.names.has(name))) deleting++;
    }
    const seen = { deleting };
    waited ||= deleting > 0;
    return deleting === 0 ? { done: true, seen } : { seen };
  });
  return waited;
}

function isBeingDropped({ head: { lease }, generation }: OtherGeneration, now: number, workers?: Workers): boolean {
  const { drop } = generation;
  return owed(generation) && drop !== undefined && lease?.holder === drop.lease && isHeld(lease, now, workers);
}

/**
 * Forward work stops while there is still time to take back what it made. A batch so large that this would eat up more
 * than half of the time leaves it to the operation that follows a failure, which has a time of its own.
 */
function forwardLimit(operation: Operation, cloud: Cloud, plan: Plan): number {
  const count = plan.jobs.reduce((sum, job) => sum + job.count, 0);
  const takeBackMs = (60 + dropSeconds(cloud.limits, count)) * 1000;
  const whole = operation.deadline - operation.request.acceptedAt;
  return operation.deadline - (takeBackMs > whole / 2 ? 0 : takeBackMs);
}

function notRegistered(generation: Generation, failures: readonly DeviceFailure[]): BatchError {
  return new BatchError(
    'DevicesNotRegistered',
    `${failures.length} of ${devices(generation.names.count)} were not registered: ${listFailures(failures)}`,
  );
}
