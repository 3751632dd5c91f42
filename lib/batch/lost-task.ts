import { BatchError } from './errors';
import { otherListings } from './listings';
import { lookUp } from './look-up';
import { awaitLostDeletions, deleteDevice, noteLostDeletion } from './lost-deletions';
import { devices, listWithin } from './messages';
import type { Operation } from './operation';
import type { Cloud, FoundDevice } from './ports/cloud';
import type { Generation } from './record/head';
import type { JobEntry } from './record/jobs';
import { isSameDevice } from './same-device';
import { CLOCK_SLACK_MS } from './start-job';

/**
 * How long the names of a lost job must have stayed the same until it counts as over: nothing else shows it. No cloud says how
 * long a job takes; a job of a hundred devices that makes none for a minute has none left to make, by our assumption.
 */
export const SETTLE_MS = 60_000;

/**
 * What a call has made whose answer was lost, where the job's id is born with the answer: the cloud shows names, and not whose
 * they are.
 */
export class LostTask {
  private seen?: { names: string; since: number };

  constructor(
    private readonly operation: Operation,
    private readonly cloud: Cloud,
    private readonly generation: Generation,
    private readonly job: JobEntry,
  ) {}

  /** The devices of these names, once the call cannot arrive any more and what it began is over; undefined until then. */
  async landed(names: readonly string[]): Promise<FoundDevice[] | undefined> {
    const { clock } = this.operation;
    if ((this.job.committing?.flightUntil ?? 0) > clock.now()) return undefined;
    const found = [...(await lookUp(this.operation, this.cloud, names, () => undefined)).values()];
    const seen = found
      .map(({ name }) => name)
      .sort()
      .join('\n');
    if (this.seen?.names !== seen) this.seen = { names: seen, since: clock.now() };
    const over = found.length === names.length || clock.now() - this.seen.since >= SETTLE_MS;
    return over ? found : undefined;
  }

  /**
   * Makes the job ready to be started again for what is absent: what the lost call made stays if the cloud tells its secrets
   * again, and is deleted if they are lost, for nobody could use such a device.
   *
   * @throws BatchError `DevicesUnproven` if one of them may be somebody else's: nothing is deleted then.
   */
  async resume(found: readonly FoundDevice[]): Promise<void> {
    const { operation, cloud, job } = this;
    const proven = await provenAmong(operation, this.generation, [job], found);
    const unproven = found.filter((device) => !proven.includes(device));
    if (unproven.length > 0) throw keysLost(unproven, this.cloud, operation);
    const told = await operation.patiently(
      'reading secrets',
      async () => (await cloud.readCredentials?.(proven)) ?? [],
    );
    const readable = new Set(told.map(({ identity }) => identity));
    await this.deleteAll(proven.filter(({ identity }) => !readable.has(identity)));
    const kept = proven.filter(({ identity }) => readable.has(identity));
    const pairs = kept.map(({ name, identity }): [string, string] => [name, identity]);
    await job.append({ step: 'landed', devices: pairs }, operation.clock.now());
  }

  /** Deletes devices whose names are registered again next. */
  private async deleteAll(doomed: readonly FoundDevice[]): Promise<void> {
    const { operation, cloud, job } = this;
    const { cloudKey } = this.generation;
    if (doomed.length === 0) return;
    // Whoever still waits for the answer must not come and tell that these devices were made.
    await job.claim(operation.clock.now());
    for (const device of doomed) {
      await operation.confirm();
      // Who is cut off here leaves no other trace of what they have sent.
      const forget = await noteLostDeletion(operation, cloudKey, [device.name]);
      await deleteDevice(operation, cloud, cloudKey, device);
      await forget();
    }
    await awaitLostDeletions(
      operation,
      cloudKey,
      doomed.map(({ name }) => name),
    );
  }
}

/**
 * Which of the devices lost calls of these jobs have made: their names were found absent when the generation was planned, they
 * came into being while such a call may have been at work, they have never connected, and no other generation has recorded
 * them. Names that are derived from the batch's own id are proof enough.
 */
export async function provenAmong(
  operation: Operation,
  generation: Generation,
  jobs: readonly JobEntry[],
  found: readonly FoundDevice[],
): Promise<FoundDevice[]> {
  if (found.length === 0 || generation.kind === 'generated') return [...found];
  const { store, clock } = operation;
  const others = await otherListings(store, clock, generation.cloudKey, generation.id);
  const windows = jobs.flatMap(({ lostCalls }) => lostCalls);
  return found.filter(({ name, identity, createdAt, everConnected }) => {
    if (createdAt === undefined || everConnected !== false) return false;
    if (others.some((other) => isSameDevice(other.devices.get(name)?.identity, identity))) return false;
    return windows.some(({ at, flightUntil }) => {
      return createdAt >= at - CLOCK_SLACK_MS && createdAt <= flightUntil + SETTLE_MS + CLOCK_SLACK_MS;
    });
  });
}

function keysLost(found: readonly FoundDevice[], cloud: Cloud, { observer }: Operation): BatchError {
  const names = found.map(({ name }) => name).sort();
  observer.log('error', 'the keys of devices cannot be read', { devices: names });
  return new BatchError(
    'DevicesUnproven',
    `the answer of a call that creates devices was lost. ${devices(names.length)} of its names exist on ${cloud.limits.title} by now; ` +
      `nobody can prove that it made them, and their keys cannot be read: ${listWithin(names, MOST_LISTED)}. ` +
      'Look at them in the console, delete those that are yours, and deploy again',
  );
}

/** Characters: an answer to CloudFormation has little room, and names have up to 48. */
const MOST_LISTED = 700;
