import { join } from 'node:path';
import { BatchError } from '../batch/errors';
import { BatchRecord } from '../batch/record/batch-record';
import { isOpen, owed, type Generation, type Head } from '../batch/record/head';
import { lineOf } from '../batch/intent';
import { keys } from '../batch/record/keys';
import { isHeld } from '../batch/record/lease';
import type { Clock } from '../batch/ports/clock';
import type { Store } from '../batch/ports/store';
import type { Workers } from '../batch/ports/workers';
import { journalOf, partsOfUrn, type Inputs } from './inputs';
import { addressBelow, isS3Address } from '../stores/s3-address';
import { S3Unusable } from '../stores/s3-unusable';
import { takeSnapshot } from './snapshot';
import type { Journal, StateRecord } from './state';

/**
 * Where a batch is recorded while an operation runs: by default a folder for the stack, beside the program. In S3 many stacks, and
 * Pulumi's own state, may share an address: each stack of each project has a folder below it.
 */
export function journalPlaceOf(inputs: Inputs): string {
  const { stack, project } = partsOfUrn(inputs.resourceUrn);
  const given = journalOf(inputs);
  if (given === undefined) return join(DEFAULT_FOLDER, plain(stack));
  if (!isS3Address(given)) return given;
  return addressBelow(given, `${DEFAULT_FOLDER}/${plain(project)}/${plain(stack)}`);
}

const DEFAULT_FOLDER = '.iot-device-batch';

function plain(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]/g, '_') || 'stack';
}

/**
 * The record of a state with all that its journal knows by now, for another journal to begin with.
 * @throws BatchError `JournalInUse` where somebody works on the batch in this one, who would know nothing of the other.
 */
export async function takeAlong(
  { store, clock }: Journal,
  batchId: string,
  record: StateRecord,
  workers: Workers,
): Promise<StateRecord> {
  const head = await findHead(store, clock, batchId);
  if (!head?.states?.includes(record.state)) return record;
  if (head.lease && isHeld(head.lease, clock.now(), workers)) {
    const until = new Date(head.lease.until).toISOString();
    throw new BatchError(
      'JournalInUse',
      'the batch is worked on in the journal that it has had until now; nothing was changed. Run up again when that is over, or, if it ' +
        `was cut off, after ${until}`,
    );
  }
  return { ...record, snapshot: await takeSnapshot(store, head) };
}

export async function findHead(store: Store, clock: Clock, batchId: string): Promise<Head | undefined> {
  if (!(await store.get(keys.head(batchId)))) return undefined;
  return (await BatchRecord.load(store, clock, batchId)).head;
}

/** Whether the bucket of a journal does not exist any more. */
export async function isGone(store: Store, batchId: string): Promise<boolean> {
  try {
    await store.get(keys.head(batchId));
    return false;
  } catch (error) {
    if (error instanceof S3Unusable && error.isGone) return true;
    throw error;
  }
}

/** Whether the journal has something that the state does not show: an operation was cut off, or left something to do. */
export function isUnsettled(head: Head, { generation, state }: StateRecord): boolean {
  if (!head.states?.includes(state)) return false;
  const line = lineOf(head, generation);
  const own = head.generations.filter(({ id }) => line.has(id));
  const shown = own.find(({ id }) => id === generation);
  const others = own.filter(({ id, phase }) => id !== generation && phase !== 'gone');
  const open = head.requests.some(
    (request) => isOpen(request) && [request.target, request.named].some((id) => id && line.has(id)),
  );
  const unheard = unheardReplacements(head, generation);
  return open || others.length > 0 || unheard.length > 0 || shown?.phase !== 'standing';
}

/** What was made in the place of a generation, or of what it has been, and has never been heard of, as long as any of it is left. */
export function unheardReplacements(head: Head, generation: string): Generation[] {
  const line = lineOf(head, generation);
  return head.generations.filter(
    ({ named, displaces, phase }) => !named && displaces !== undefined && line.has(displaces) && phase !== 'gone',
  );
}

/** What somebody who was cut off has left, in words; undefined where there is nothing. */
export function leftBehind(head: Head, clock: Clock, workers: Workers): string | undefined {
  // Of another machine nothing is known but that nobody who lives lets a lease lapse.
  const lapsed = head.lease !== undefined && head.lease.until <= clock.now();
  const isCutOff = (worker: string | undefined) => lapsed || worker === undefined || workers.isDead(worker);
  const open = head.requests.filter((request) => isOpen(request) && isCutOff(request.asker));
  const falling = head.generations.filter((each: Generation) => owed(each));
  if (head.lease && !isCutOff(head.lease.worker)) return undefined;
  if (open.length === 0 && falling.length === 0) return undefined;
  return (
    `batch ${head.batchId}: an earlier operation ${open.length > 0 ? 'was cut off' : 'has left devices to delete'}; ` +
    'the next one on the batch goes on with it, or npx iot-device-batch settle does'
  );
}
