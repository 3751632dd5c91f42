import { endAbandoned } from './abandoned';
import { BatchError } from './errors';
import { fall } from './intent';
import { policyInForce } from './policy-in-force';
import type { Clock } from './ports/clock';
import type { Store } from './ports/store';
import type { Workers } from './ports/workers';
import { BatchRecord, listBatches } from './record/batch-record';
import { loadDevices } from './record/devices';
import { isOpen, keptOrListed, owed, type Generation, type Head } from './record/head';

/** What somebody says who settles a store, beyond "finish what is owed". */
export interface SettleWishes {
  /** Batches that no stack has any more, by their ids: everything of theirs is to go, under their own policy. */
  remove: readonly string[];
  /** Batches of which also devices may be deleted that have ever connected, by their ids. */
  deleteActivated: readonly string[];
  /** Owed generations that are given up, by their ids: what is left of their devices stays at the cloud. */
  forget: readonly string[];
}

/** One thing that settling would do, as far as the record tells. */
export interface SettleStep {
  batchId: string;
  action: 'endRequest' | 'drop' | 'forget';
  /** The request or generation. */
  id: string;
  /** Devices that the generation has on record; those that others list as well are spared. */
  devices?: number;
  /** Whether those of them may be deleted that have ever connected. */
  deleteActivated?: boolean;
}

/**
 * Decides what falls before anything is dropped; touches nothing but `head`. A batch with an operation under way is let
 * alone, as that one may yet want what is there. False if nothing has changed.
 */
export function prepare(head: Head, wishes: SettleWishes, now: number, workers?: Workers): boolean {
  const before = JSON.stringify(head);
  endAbandoned(head, now, workers);
  if (wishes.remove.includes(head.batchId) && !head.requests.some(isOpen)) {
    // Named, as by a Delete of each: devices that have connected are guarded even if no event ever came with the id.
    for (const generation of head.generations.filter(keptOrListed)) generation.named = true;
    fall(head, () => true);
    delete head.current;
    head.confirmed = false;
  }
  if (wishes.deleteActivated.includes(head.batchId)) {
    for (const generation of head.generations.filter(owed)) {
      generation.drop = { lease: '', deleted: 0, ...generation.drop, deleteActivated: true };
    }
  }
  return JSON.stringify(head) !== before;
}

/** What settling would do, without touching anything. @throws BatchError as `settle` before its first step. */
export async function previewSettle(
  store: Store,
  clock: Clock,
  wishes: SettleWishes,
  workers?: Workers,
): Promise<SettleStep[]> {
  await refuseMistakes(store, clock, wishes);
  const steps: SettleStep[] = [];
  for (const batchId of await listBatches(store)) {
    const { head } = await BatchRecord.load(store, clock, batchId);
    const next = structuredClone(head);
    prepare(next, wishes, clock.now(), workers);
    const stillOpen = new Set(next.requests.filter(isOpen).map(({ id }) => id));
    for (const { id } of head.requests.filter((request) => isOpen(request) && !stillOpen.has(request.id))) {
      steps.push({ batchId, action: 'endRequest', id });
    }
    for (const generation of next.generations.filter(owed)) {
      const action = wishes.forget.includes(generation.id) ? 'forget' : 'drop';
      const devices = (await loadDevices(store, generation)).size;
      const deleteActivated = mayDeleteActivated(next, generation);
      steps.push({ batchId, action, id: generation.id, devices, deleteActivated });
    }
  }
  return steps;
}

function mayDeleteActivated(head: Head, generation: Generation): boolean {
  return policyInForce(head, generation).deleteActivated || generation.drop?.deleteActivated === true;
}

/**
 * A wish that cannot be meant is refused before anything is done.
 *
 * @throws BatchError `UnknownBatch`, `UnknownGeneration`, or `NotOwed` for a generation that still lists its devices.
 */
export async function refuseMistakes(store: Store, clock: Clock, wishes: SettleWishes): Promise<void> {
  const { remove, deleteActivated, forget } = wishes;
  const batches = await listBatches(store);
  const unknown = [...remove, ...deleteActivated].find((id) => !batches.includes(id));
  if (unknown !== undefined) {
    throw new BatchError('UnknownBatch', `the store knows no batch ${unknown}; it has ${batches.join(', ') || 'none'}`);
  }
  if (forget.length === 0) return;
  const generations = new Map<string, Generation>();
  for (const batchId of batches) {
    const { head } = await BatchRecord.load(store, clock, batchId);
    prepare(head, wishes, clock.now());
    for (const generation of head.generations) generations.set(generation.id, generation);
  }
  for (const id of forget) {
    const generation = generations.get(id);
    if (!generation) throw new BatchError('UnknownGeneration', `the store knows no generation ${id}`);
    if (owed(generation) || generation.phase === 'gone') continue;
    throw new BatchError('NotOwed', `generation ${id} is ${generation.phase}: only what is owed can be forgotten`);
  }
}
