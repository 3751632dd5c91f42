import type { Clock } from './ports/clock';
import type { Store } from './ports/store';
import { BatchRecord } from './record/batch-record';
import { isOpen, type Generation, type Head, type Request } from './record/head';
import { digestOf, type Order } from './submit';

/**
 * Takes up what somebody asked for who was cut off, if a new order asks for the same: its request goes on under the new asker and
 * deadline, rather than being superseded and undone. With `finished` also a Create that came to its end and of which nobody has heard.
 *
 * @returns the id of the request to work on; undefined where there is none like the order.
 */
export async function takeUp(
  store: Store,
  clock: Clock,
  batchId: string,
  order: Exclude<Order, { type: 'delete' }>,
  { finished }: { finished: boolean },
): Promise<string | undefined> {
  const record = await BatchRecord.load(store, clock, batchId);
  let found: Request | undefined;
  await record.update((head) => {
    found = openLike(head, order);
    if (found) {
      Object.assign(found, { acceptedAt: clock.now(), deadline: order.deadline, asker: order.asker });
      delete found.troubleSince;
      return true;
    }
    if (finished && order.type === 'create') found = unheardLike(head, order);
    return false;
  });
  return found?.id;
}

function openLike(head: Head, order: Exclude<Order, { type: 'delete' }>): Request | undefined {
  const request = head.requests.findLast(isOpen);
  if (!request || request.kind === 'drop' || request.failure) return undefined;
  const target = head.generations.find(({ id }) => id === request.target);
  const named = order.type === 'update' ? order.named : undefined;
  return target && request.named === named && isFor(target, order) ? request : undefined;
}

function unheardLike(head: Head, order: Exclude<Order, { type: 'delete' }>): Request | undefined {
  const standing = head.generations.find(({ id, phase }) => id === head.current && phase === 'standing');
  if (!standing || standing.origin !== 'create' || standing.named || !isFor(standing, order)) return undefined;
  return head.requests.find(({ id, outcome }) => id === standing.request && outcome?.ok === true);
}

function isFor({ asked }: Generation, { options }: Exclude<Order, { type: 'delete' }>): boolean {
  return asked === digestOf(options);
}
