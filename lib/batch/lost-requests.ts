import { BatchError } from './errors';
import { otherListings } from './listings';
import { devices, listOf } from './messages';
import type { Operation } from './operation';
import type { Cloud } from './ports/cloud';
import { generationOf, type Generation, type Head } from './record/head';
import type { LostRequest } from './registration';
import { CLOCK_SLACK_MS, FLIGHT_MS } from './start-job';

/**
 * Devices that came into being while requests for devices without names were lost, and that nobody else has.
 *
 * @throws BatchError `OutcomeUnknown`, until somebody was told of it, if they are fewer than were asked for: the others may be made yet,
 * and nothing would ever tell of them.
 */
export async function createdMeanwhile(
  operation: Operation,
  cloud: Cloud,
  generation: Generation,
  lost: readonly LostRequest[],
): Promise<string[]> {
  if (lost.length === 0 || !cloud.createdSince) return [];
  const names = new Set<string>();
  const others = await otherListings(operation.store, operation.clock, generation.cloudKey, generation.id);
  for (const { at } of lost) {
    const window = await operation.patiently('listing what was created meanwhile', async () =>
      cloud.createdSince?.(at - CLOCK_SLACK_MS, at + FLIGHT_MS + LONGEST_JOB_MS + CLOCK_SLACK_MS),
    );
    for (const { name, identity } of window ?? []) {
      if (!others.some(({ devices }) => devices.get(name)?.identity === identity)) names.add(name);
    }
  }
  const asked = lost.reduce((sum, { unheard }) => sum + unheard, 0);
  if (names.size < asked && !wasTold(operation.head, generation.id)) {
    throw unseen(generation.id, cloud, asked, Math.min(...lost.map(({ at }) => at)), [...names]);
  }
  return [...names];
}

/** No cloud documents how long a job takes; that all of its devices exist within an hour is our assumption. */
const LONGEST_JOB_MS = 3600_000;

/** Writes down that an answer tells of these generations' lost requests. */
export function noteTold(head: Head, ids: readonly string[]): void {
  for (const { id, drop } of head.generations) if (drop && ids.includes(id)) drop.toldOfLost = true;
}

/** Whether an answer has told of it, be it that to the very change which made the request. */
function wasTold(head: Head, id: string): boolean {
  if (generationOf(head, id).drop?.toldOfLost) return true;
  return head.requests.some(
    ({ target, outcome, failure }) => target === id && (outcome?.ok === false ? outcome : failure)?.code === UNKNOWN,
  );
}

const UNKNOWN = 'OutcomeUnknown';

function unseen(id: string, { limits }: Cloud, asked: number, at: number, names: readonly string[]): BatchError {
  const seen = names.length === 0 ? 'none' : `${names.length} (${listOf(names)})`;
  return new BatchError(
    UNKNOWN,
    `the answer to a request for ${devices(asked)} of ${new Date(at).toISOString()} was lost, and of what came into being since ` +
      `${limits.title} shows ${seen} that nobody else has: the request never arrived, or its job has more to make, and none of it can be ` +
      "proven ours. Nothing is deleted by guess; look for the job in the cloud's console, list it with fromJob or delete its devices there, " +
      'then delete the batch again, or settle again',
    [id],
  );
}
