import { lineOf } from '../batch/intent';
import { StoreConflict, type Store } from '../batch/ports/store';
import { BatchRecord } from '../batch/record/batch-record';
import { keptOrListed, type Generation, type Head } from '../batch/record/head';
import { keys } from '../batch/record/keys';
import { Lease, LeaseLost } from '../batch/record/lease';
import { findHead } from './journal';
import { readSnapshot } from './snapshot';
import type { Journal, StateRecord } from './state';
import type { Surroundings } from './surroundings';

/** A journal, and who works with it. */
export interface JournalAtWork extends Journal {
  surroundings: Pick<Surroundings, 'workers' | 'attendance'>;
}

export type Warn = (message: string) => void;

/**
 * Sees to it that the journal knows at least what the state knows: a journal that was lost is written from the state, and one that
 * the state has left behind, because somebody else went on elsewhere, is put aside. Nothing is done by what it says.
 */
export async function restore(
  journal: JournalAtWork,
  batchId: string,
  record: StateRecord | undefined,
  warn: Warn,
): Promise<void> {
  if (!record) return;
  while (!isIn(await findHead(journal.store, journal.clock, batchId), record)) {
    // Who settles what is owed goes by the head that is there, and would clear away what is being written.
    const lease = await takeLease(journal, batchId);
    try {
      if (!isIn(lease.head, record)) await writeFromState(journal, lease, record, warn);
    } catch (error) {
      // This process stood still for longer than the lease was for. What was written by then is there.
      if (!(error instanceof LeaseLost)) throw error;
    } finally {
      await lease.release();
    }
  }
}

/**
 * Tells the journal, before anything is done, what a state shows: all of it where the journal knows nothing of the state (so that other
 * batches may take names over from this one, and clear nothing away by what an old journal says), and that its generation has been
 * heard of.
 */
export async function acquaint(
  journal: JournalAtWork,
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

function isIn(head: Head | undefined, { state }: StateRecord): boolean {
  return head?.states?.includes(state) === true;
}

async function takeLease({ store, clock, surroundings }: JournalAtWork, batchId: string): Promise<Lease> {
  const { workers, attendance } = surroundings;
  for (;;) {
    await attendance.check();
    const lease = await Lease.take(await BatchRecord.load(store, clock, batchId), clock.now() + LONGEST_MS, workers);
    if (lease) return lease;
    await clock.sleep(BUSY_MS);
  }
}

/** How long writing one object may take, with the trouble that a store has. */
const LONGEST_MS = 300_000;

/** Between two looks at whether somebody else is done. */
const BUSY_MS = 1_000;

async function writeFromState({ store, clock }: Journal, lease: Lease, record: StateRecord, warn: Warn): Promise<void> {
  const present = lease.head;
  const { batchId } = present;
  const { head, objects } = readSnapshot(record.snapshot, batchId);
  const shown = new Set(head.generations.map(({ id }) => id));
  // By the clocks of two machines something that the state shows may seem to be younger than that.
  const younger = present.generations.filter(({ id, bornAt }) => bornAt > record.at && !shown.has(id));
  if (younger.length < present.generations.length) await putAside({ store, clock }, present, warn);
  for (const [key, text] of headsLast(objects)) {
    if (key === keys.head(batchId)) continue;
    if (lease.until - clock.now() < LONGEST_MS / 2) await lease.prolong(clock.now() + LONGEST_MS);
    // The ids of its generations begin with its own.
    if (key.includes(batchId)) await store.put(key, text);
    // Other batches come with it where some of its devices may be theirs; what is known of them here is younger.
    else await putIfAbsent(store, key, text);
  }
  const ids = new Set(younger.map(({ id }) => id));
  const restored: Head = {
    ...head,
    ...(present.current !== undefined &&
      ids.has(present.current) && { current: present.current, policy: present.policy }),
    generations: [...withoutDisplaced(head, record.generation), ...younger],
    requests: [...head.requests, ...present.requests.filter(({ target }) => target !== undefined && ids.has(target))],
  };
  await lease.update((newest) => {
    for (const member of Object.keys(newest))
      if (member !== 'lease') delete (newest as Record<string, unknown>)[member];
    Object.assign(newest, { ...restored, lease: newest.lease });
  });
}

/** Whoever finds a head relies on all that it tells of. */
function headsLast(objects: ReadonlyMap<string, string>): [key: string, text: string][] {
  const isHead = ([key]: [string, string]) => key.startsWith(keys.heads);
  const all = [...objects];
  return [...all.filter((each) => !isHead(each)), ...all.filter(isHead)];
}

async function putIfAbsent(store: Store, key: string, text: string): Promise<void> {
  try {
    await store.put(key, text, { absent: true });
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
  }
}

/**
 * The generations of a snapshot. What the shown one has replaced falls, as nobody can tell from here whether it was deleted since: that
 * was about to be done when the snapshot was made. What was to replace it and failed has not come to that.
 */
function withoutDisplaced(head: Head, shown: string): Generation[] {
  const line = lineOf(head, shown);
  const displaced = head.generations.flatMap(({ id, displaces, phase }) =>
    line.has(id) && displaces !== undefined && phase !== 'failed' ? [...lineOf(head, displaces)] : [],
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
