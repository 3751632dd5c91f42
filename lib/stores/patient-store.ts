import type { Clock } from '../batch/ports/clock';
import type { Observer } from '../batch/ports/observer';
import type { Store } from '../batch/ports/store';
import { awsFailureOf } from './aws-failure';
import { storeThrough } from './store-through';

/** Until when (milliseconds since 1970) which trouble is put up with. */
export interface Patience {
  /** Any trouble, such as until the end of an invocation's work. */
  until: number;
  /** Denied access: afterwards it is no new grant on its way any more. */
  deniedUntil: number;
}

/**
 * The store, with every call repeated while there is hope. A call that failed for good would end the invocation with the
 * lease still held, which others then have to wait for; so trouble that passes is ridden out in the middle of the work.
 *
 * A write whose answer was lost is repeated as well, and then meets itself: callers compare what they wrote (see `Store`).
 *
 * `patience`: that of all calls together, or what makes that of each as it begins.
 */
export function patientStore(
  store: Store,
  clock: Clock,
  observer: Observer,
  patience: Patience | (() => Patience),
): Store {
  const patiently = async <T>(verb: string, key: string, call: () => Promise<T>): Promise<T> => {
    const mine = typeof patience === 'function' ? patience() : patience;
    for (let longest = SHORTEST_MS; ; longest = Math.min(longest * 2, LONGEST_MS)) {
      try {
        return await call();
      } catch (error) {
        const pause = longest * (0.5 + clock.random() / 2);
        if (clock.now() + pause >= hopeFor(error, mine)) throw error;
        observer.log('warn', `the store failed, trying again`, { what: `${verb} ${key}`, error });
        await clock.sleep(pause);
      }
    }
  };
  return storeThrough(store, patiently);
}

const SHORTEST_MS = 250;
const LONGEST_MS = 5_000;

function hopeFor(error: unknown, { until, deniedUntil }: Patience): number {
  switch (awsFailureOf(error)) {
    case 'transient':
      return until;
    case 'denied':
    case 'missing':
      return Math.min(until, deniedUntil);
    case 'other':
      return -Infinity;
  }
}
