import { forEachLimited } from './concurrency';
import { BatchError } from './errors';
import { devices, listOf, SHOWN } from './messages';
import type { Clock } from './ports/clock';
import type { Store } from './ports/store';
import { BatchRecord, listBatches } from './record/batch-record';
import { isOpen, type Generation, type Head } from './record/head';
import { keys } from './record/keys';
import { loadLostDeletions } from './record/lost-deletions';

/** What is emptied, and when this has to end (milliseconds since 1970). */
export interface Emptying {
  store: Store;
  clock: Clock;
  /** Where the store is, as the command line takes it: `s3://<bucket>`. */
  address: string;
  /** When this call has to return. */
  until: number;
  /** When all of it has to be over. */
  deadline: number;
}

/**
 * Deletes everything in a store, unless the way to some device would be lost with it (I11). Heads go last: cut off anywhere,
 * nothing of a batch is left without the head by which it is found. Two may do so at once.
 *
 * @returns whether the store is empty; if not, the call is to be repeated.
 * @throws BatchError `StoreInUse` with nothing deleted that is needed, `StoreNotEmptied` at the deadline; and what the store throws.
 */
export async function emptyStore(emptying: Emptying): Promise<boolean> {
  const { store, clock, deadline } = emptying;
  // Nobody would know of them who registers devices of these names for the next stack.
  if (clock.now() < deadline && (await loadLostDeletions(store, clock.now())).length > 0) return false;
  // In this order: what somebody writes after the look at the heads is not among these, and has a head that the next look finds.
  const others = await listOthers(store);
  if (await closeBatches(emptying)) {
    await deleteEach(emptying, others);
    const closed = (await listOthers(store)).length === 0 ? await closeBatches(emptying) : undefined;
    if (closed) await deleteEach(emptying, closed.map(keys.head));
  }
  const left = await store.list('');
  if (left.length > 0 && clock.now() >= deadline) throw notEmptied(emptying, left);
  return left.length === 0;
}

/** Every object that is no head. */
async function listOthers(store: Store): Promise<string[]> {
  const all = await store.list('');
  return all.filter((key) => !(key.startsWith(keys.heads) && key.endsWith('.json')));
}

/**
 * S3 takes 3,500 deletions a second below a prefix (Amazon S3 user guide, "Optimizing Amazon S3 performance"); so many at a time
 * stay far below that.
 */
const DELETIONS_AT_ONCE = 32;

/** What there is no time for stays. */
async function deleteEach({ store, clock, until, deadline }: Emptying, all: readonly string[]): Promise<void> {
  await forEachLimited(all, DELETIONS_AT_ONCE, async (key) => {
    if (clock.now() < Math.min(until, deadline)) await store.delete(key);
  });
}

/**
 * Sees to it that no batch goes on: what was recorded and never begun is over from now on.
 *
 * @returns the ids of all batches; undefined while somebody works on one, as nobody knows yet what they leave behind.
 */
async function closeBatches(emptying: Emptying): Promise<string[] | undefined> {
  const { store, clock } = emptying;
  const records: BatchRecord[] = [];
  const unreadable: string[] = [];
  for (const batchId of await listBatches(store)) {
    try {
      records.push(await BatchRecord.load(store, clock, batchId));
    } catch (error) {
      if (!(error instanceof BatchError)) throw error;
      unreadable.push(`${error.message} [${error.code}]`);
    }
  }
  if (!mayEnd(emptying, records, unreadable)) return undefined;
  for (const record of records) await record.update((head) => close(head, clock.now()));
  return mayEnd(emptying, records, []) ? records.map(({ head }) => head.batchId) : undefined;
}

/** False while somebody is at work and there is time. @throws BatchError `StoreInUse` */
function mayEnd(
  { clock, address, deadline }: Emptying,
  records: readonly BatchRecord[],
  unreadable: readonly string[],
): boolean {
  const now = clock.now();
  const heads = records.map(({ head }) => head);
  const busy = heads.filter((head) => isLeased(head, now));
  if (busy.length > 0 && now < deadline) return false;
  const held = heads.filter(({ generations }) => generations.some(holds)).map(describe);
  const reasons = [...held, ...unreadable, ...busy.map(({ batchId }) => `batch ${batchId} is still being worked on`)];
  if (reasons.length > 0) throw inUse(address, reasons);
  return true;
}

function isLeased({ lease }: Head, now: number): boolean {
  return lease !== undefined && lease.until > now;
}

/**
 * Whether some devices may be known by this generation only. Before its plan is written it has neither made any nor taken any
 * over; one that looks at the devices of a job never has a plan.
 */
function holds({ phase, planned }: Generation): boolean {
  return phase !== 'gone' && planned;
}

/** False if there is nothing to write down. */
function close(head: Head, now: number): boolean {
  if (isLeased(head, now) || head.generations.some(holds)) return false;
  const rest = head.generations.filter(({ phase }) => phase !== 'gone');
  const open = head.requests.filter(isOpen);
  for (const generation of rest) generation.phase = 'gone';
  for (const request of open) {
    request.outcome = { ok: false, code: 'Superseded', message: 'the store of the stack is being deleted' };
  }
  return rest.length + open.length > 0;
}

/** `batch b1 (3 devices standing, 2 devices falling)` */
function describe({ batchId, generations }: Head): string {
  const held = generations.filter(holds).map(({ names, phase }) => `${devices(names.count)} ${phase}`);
  return `batch ${batchId} (${listOf(held)})`;
}

function inUse(address: string, reasons: readonly string[]): BatchError {
  const rest = reasons.length > SHOWN ? `; and ${reasons.length - SHOWN} more` : '';
  return new BatchError(
    'StoreInUse',
    `the records in ${address} stay, because without them nobody could find the devices that are still to be deleted: ` +
      `${reasons.slice(0, SHOWN).join('; ')}${rest}. Nothing of theirs was deleted. Run npx iot-device-batch settle ${address}, which finishes ` +
      'what is owed (with --delete <batch> also what stands of a batch that no stack has any more), then delete the stack again',
  );
}

function notEmptied({ address }: Emptying, left: readonly string[]): BatchError {
  return new BatchError(
    'StoreNotEmptied',
    `${left.length} objects are left in ${address}: ${listOf(left)}. Nothing is owed any more; look who still writes there, then ` +
      'delete the stack again, which goes on',
  );
}
