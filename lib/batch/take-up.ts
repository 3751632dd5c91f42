import type { Clock } from './ports/clock';
import type { Store } from './ports/store';
import { BatchRecord } from './record/batch-record';
import { isOpen, type Generation, type Head, type Request } from './record/head';
import { digestOf, type Order } from './submit';

/**
 * Takes up what somebody asked for who was cut off, if a new order asks for the same: its request goes on under the new asker and
 * deadline, rather than being superseded and undone. What came to its end is not taken up, heard of or not: whoever has heard of it
 * may be about to delete it, in favour of what is asked for now.
 *
 * @returns the request to work on; undefined where there is none like the order.
 */
export async function takeUp(
  store: Store,
  clock: Clock,
  batchId: string,
  order: Exclude<Order, { type: 'delete' }>,
): Promise<Request | undefined> {
  const record = await BatchRecord.load(store, clock, batchId);
  let found: Request | undefined;
  await record.update((head) => {
    found = openLike(head, order);
    if (!found) return false;
    Object.assign(found, { acceptedAt: clock.now(), deadline: order.deadline, asker: order.asker });
    delete found.troubleSince;
    return true;
  });
  return found;
}

function openLike(head: Head, order: Exclude<Order, { type: 'delete' }>): Request | undefined {
  const request = head.requests.findLast(isOpen);
  if (!request || request.kind === 'drop' || request.failure) return undefined;
  const target = head.generations.find(({ id }) => id === request.target);
  const named = order.type === 'update' ? order.named : undefined;
  return target && request.named === named && isFor(target, order) ? request : undefined;
}

function isFor({ asked }: Generation, { options }: Exclude<Order, { type: 'delete' }>): boolean {
  return asked === digestOf(options);
}
