import { join } from 'node:path';
import { BatchError } from '../batch/errors';
import { BatchRecord } from '../batch/record/batch-record';
import { isOpen, keptOrListed, owed, type Generation, type Head } from '../batch/record/head';
import { lineOf } from '../batch/intent';
import { keys } from '../batch/record/keys';
import { isHeld } from '../batch/record/lease';
import type { Clock } from '../batch/ports/clock';
import type { Store } from '../batch/ports/store';
import type { Workers } from '../batch/ports/workers';
import { journalOf, partsOfUrn, type Inputs } from './inputs';
import { addressBelow, isS3Address } from '../stores/s3-address';
import { S3Unusable } from '../stores/s3-unusable';
import { readSnapshot, takeSnapshot } from './snapshot';
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

export type Warn = (message: string) => void;

/**
 * Sees to it that the journal knows at least what the state knows: a journal that was lost is written from the state, and one that
 * the state has left behind, because somebody else went on elsewhere, is put aside. Nothing is done by what it says.
 */
export async function restore(
  { store, clock }: Journal,
  batchId: string,
  record: StateRecord | undefined,
  warn: Warn,
): Promise<void> {
  if (!record) return;
  const present = await findHead(store, clock, batchId);
  if (present?.states?.includes(record.state)) return;
  const { head, objects } = readSnapshot(record.snapshot, batchId);
  const younger = present ? present.generations.filter(({ bornAt }) => bornAt > record.at) : [];
  if (present && younger.length < present.generations.length) await putAside({ store, clock }, present, warn);
  for (const [key, text] of objects) {
    // Other batches come with it where some of its devices may be theirs; what is known of them here is younger.
    if (key === keys.head(batchId) || (key.startsWith(keys.heads) && (await store.get(key)))) continue;
    await store.put(key, text);
  }
  const ids = new Set(younger.map(({ id }) => id));
  const restored: Head = {
    ...head,
    ...(present?.lease && { lease: present.lease }),
    ...(present?.current !== undefined &&
      ids.has(present.current) && { current: present.current, policy: present.policy }),
    generations: [...withoutDisplaced(head, record.generation), ...younger],
    requests: [
      ...head.requests,
      ...(present?.requests ?? []).filter(({ target }) => target !== undefined && ids.has(target)),
    ],
  };
  const batch = await BatchRecord.load(store, clock, batchId);
  await batch.update((newest) => {
    for (const member of Object.keys(newest)) delete (newest as Record<string, unknown>)[member];
    Object.assign(newest, restored);
  });
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

/**
 * Tells the journal, before anything is done, what a state shows: all of it where the journal knows nothing of the state (so that other
 * batches may take names over from this one, and clear nothing away by what an old journal says), and that its generation has been
 * heard of.
 */
export async function acquaint(
  journal: Journal,
  batchId: string,
  record: StateRecord | undefined,
  warn: Warn,
): Promise<void> {
  if (!record) return;
  const { store, clock } = journal;
  await restore(journal, batchId, record, warn);
  const batch = await BatchRecord.load(store, clock, batchId);
  await batch.update((head) => {
    const shown = head.generations.find(({ id }) => id === record.generation);
    if (!shown || shown.named || !head.states?.includes(record.state)) return false;
    shown.named = true;
    return true;
  });
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

/**
 * The generations of a snapshot. What the shown one has replaced falls, as nobody can tell from here whether it was deleted since: that
 * was about to be done when the snapshot was made.
 */
function withoutDisplaced(head: Head, shown: string): Generation[] {
  const line = lineOf(head, shown);
  const displaced = head.generations.flatMap(({ id, displaces }) =>
    line.has(id) && displaces !== undefined ? [...lineOf(head, displaces)] : [],
  );
  return head.generations.map((each) =>
    displaced.includes(each.id) && keptOrListed(each) ? { ...each, named: true, phase: 'falling' } : each,
  );
}

/** For people to look at. Its devices may be in the cloud still, and now belong to nobody here. */
async function putAside({ store, clock }: Journal, head: Head, warn: Warn): Promise<void> {
  await store.put(`discarded/${head.batchId}-${clock.now()}.json`, JSON.stringify(head));
  const unsettled = head.generations
    .filter(({ phase }) => phase !== 'standing' && phase !== 'gone')
    .map(({ id }) => id);
  warn(
    `the journal of batch ${head.batchId} is older than the stack's state and was put aside` +
      (unsettled.length > 0 ? `; it was not done with ${unsettled.join(', ')}` : ''),
  );
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
