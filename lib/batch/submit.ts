import type { BatchOptions, OnExistingOption } from './contract/options';
import { expandNames, generateNames, type DeviceSelection } from './contract/device-names';
import { accept, type Ask, type BatchEvent } from './intent';
import type { Clock } from './ports/clock';
import type { Store } from './ports/store';
import { BatchRecord } from './record/batch-record';
import type { Policy } from './record/head';
import { saveNames, sha256 } from './record/names';

/** An event as its receiver understands it. `requestId` must be the same for every delivery of one event. */
export type Order = { requestId: string; deadline: number; asker?: string } &
  /** `createKeeps`: the asker goes on with what is kept of it if it fails. `displaces`: beside which generation it is made, to be deleted then. */
  (
    | { type: 'create'; options: BatchOptions; createKeeps?: boolean; displaces?: string }
    /** `named`: the generation that the asker has. `previous`: the options that it believes to be in force. */
    | { type: 'update'; named: string; options: BatchOptions; previous?: BatchOptions; anew?: boolean }
    /** `line`: not more than the named generation, what it replaced and what replaced it, but for `spared`. */
    | { type: 'delete'; named: string; line?: { spared?: string } }
  );

/**
 * Writes down what is wanted of a batch and returns at once; nothing happens at the cloud. The same order may be submitted
 * any number of times.
 *
 * @returns the id of the generation that a Create or Update will have; undefined for a Delete.
 */
export async function submit(store: Store, clock: Clock, batchId: string, order: Order): Promise<string | undefined> {
  const event = await toEvent(store, batchId, order);
  const record = await BatchRecord.load(store, clock, batchId);
  let generation: string | undefined;
  await record.update((head) => {
    const repeated = head.requests.some(({ id }) => id === event.requestId);
    generation = accept(head, event, clock);
    return !repeated;
  });
  return generation;
}

async function toEvent(store: Store, batchId: string, order: Order): Promise<BatchEvent> {
  const { requestId, deadline, asker } = order;
  const base = { requestId, deadline, ...(asker !== undefined && { asker }) };
  if (order.type === 'delete') {
    const { named, line } = order;
    return { ...base, type: 'delete', named, ...(line && { line }) };
  }
  const ask = await toAsk(store, batchId, order.options);
  if (order.type === 'create') {
    const { createKeeps, displaces } = order;
    const rest = { ...(createKeeps && { createKeeps }), ...(displaces !== undefined && { displaces }) };
    return { ...base, type: 'create', ask, ...rest };
  }
  const previous = order.previous && digestOf(order.previous);
  if (order.anew) ask.anew = true;
  return { ...base, type: 'update', ask, named: order.named, ...(previous !== undefined && { previous }) };
}

async function toAsk(store: Store, batchId: string, options: BatchOptions): Promise<Ask> {
  const { cloud, deleteActivated, deviceCredentials, removalPolicy, onPartialFailure, secretArn } = options;
  return {
    cloud,
    ...(await toWish(store, batchId, options.devices)),
    policy: {
      deleteActivated,
      deviceCredentials,
      removalPolicy,
      onPartialFailure,
      onExisting: await toExisting(store, options.onExisting),
    },
    access: secretArn === undefined ? {} : { secretArn },
    digest: digestOf(options),
  };
}

/** What is wanted. Where the names are not known yet, the set's digest stands for the wish itself. */
async function toWish(
  store: Store,
  batchId: string,
  devices: DeviceSelection,
): Promise<Pick<Ask, 'kind' | 'names' | 'observedJob'>> {
  if ('generated' in devices) {
    return { kind: 'generated', names: await saveNames(store, generateNames(batchId, devices.generated)) };
  }
  if ('assignedByCloud' in devices) {
    const { count } = devices.assignedByCloud;
    return { kind: 'assigned', names: { count, chunks: [], set: `assigned ${count}` } };
  }
  if ('fromJob' in devices) {
    const { id } = devices.fromJob;
    return { kind: 'observed', observedJob: id, names: { count: 0, chunks: [], set: `job ${id}` } };
  }
  // Read at first need: an order is recorded within a minute, whatever it takes to get at the file.
  if ('file' in devices) return { kind: 'listed', names: { ...devices.file.names, source: devices.file.source } };
  return { kind: 'listed', names: await saveNames(store, expandNames(devices)) };
}

/** Names are kept beside the head, which has to stay small. */
async function toExisting(store: Store, onExisting: OnExistingOption): Promise<Policy['onExisting']> {
  return typeof onExisting === 'string' ? onExisting : saveNames(store, onExisting.adopt);
}

export function digestOf(options: BatchOptions): string {
  return sha256(JSON.stringify(options));
}
