import { connect } from 'node:net';
import type { Clock } from '../batch/ports/clock';
import { CloudError, type Cloud } from '../batch/ports/cloud';
import type { Store } from '../batch/ports/store';
import { storeThrough } from '../stores/store-through';

/** The engine that asked has gone, so that nobody will hear the answer, and another may be at work soon. */
export class EngineGone extends Error {
  override readonly name = 'EngineGone';
  constructor() {
    super('the Pulumi engine that asked for this is gone; the next operation goes on from what is recorded');
  }
}

/**
 * Watches whether the engine still listens. A provider outlives an engine that is killed, or stopped for the second time; then it must
 * not go on making devices behind the back of the next `up`.
 */
export class Attendance {
  /** Looked at when the process begins: an engine that goes before its first call of the cloud has gone all the same. */
  private readonly seen: Promise<boolean>;
  private last?: { at: number; there: Promise<boolean> };

  /** `look`: whether the engine is there now. */
  constructor(
    private readonly look: () => Promise<boolean>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    this.seen = look();
  }

  /**
   * `afresh`: what was seen a moment ago is not good enough.
   *
   * @throws EngineGone where the engine was there once and is not any more.
   */
  async check({ afresh = false } = {}): Promise<void> {
    // Somebody who has never been there cannot have gone: a test's stand-in, or an address of another kind.
    if (!(await this.seen)) return;
    const now = this.clock.now();
    if (afresh || !this.last || now - this.last.at > FRESH_MS) this.last = { at: now, there: this.look() };
    if (!(await this.last.there)) throw new EngineGone();
  }
}

const FRESH_MS = 500;

/** Whether an engine at `host:port` accepts a connection. */
export function isThere(address: string | undefined): Promise<boolean> {
  const [, host, port] = /^\[?([^\]]+)\]?:(\d+)$/.exec(address ?? '') ?? [];
  if (host === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    const answer = (there: boolean) => {
      socket.destroy();
      resolve(there);
    };
    socket.setTimeout(PATIENCE_MS, () => answer(true));
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

/** An engine that is only slow to answer is there. */
const PATIENCE_MS = 5_000;

/** The cloud, called for as long as the engine is there. `hint`: what to add where it refuses the keys. */
export function attended(cloud: Cloud, attendance: Attendance, hint: () => string): Cloud {
  return new Proxy(cloud, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== 'function' || member === 'close') return bound(value, target);
      return async (...parameters: unknown[]) => {
        await attendance.check();
        try {
          return await (value as (...all: unknown[]) => Promise<unknown>).apply(target, parameters);
        } catch (error) {
          throw error instanceof CloudError && error.kind === 'credentials' ? withHint(error, hint()) : error;
        }
      };
    },
  });
}

/** A store in which nothing is changed any more once the engine has gone, however often somebody else has written first. */
export function attendedWrites(store: Store, attendance: Attendance): Store {
  return storeThrough(store, async (verb, _key, call) => {
    if (verb === 'put') await attendance.check({ afresh: true });
    return call();
  });
}

function withHint({ kind, vendorCode, message, details }: CloudError, hint: string): CloudError {
  return new CloudError(kind, vendorCode, message + hint, details);
}

function bound(value: unknown, target: object): unknown {
  return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
}
