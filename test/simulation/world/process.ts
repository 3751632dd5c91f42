import type { Clock } from '../../../lib/batch/ports/clock';
import type { Fault } from './faults';
import type { SimulatedWorld } from './world';

/** How far the clocks of two processes may be apart. */
const MOST_SKEW_MS = 1_500;

/**
 * One invocation of the handler. Everything that it does outside of itself goes `through` here, where it may be disturbed; a
 * killed one never hears of anything again.
 */
export class Process {
  readonly clock: Clock;
  /** Resolves when it is killed; whoever waits for its result waits for this as well. */
  readonly killed: Promise<'killed'>;
  private dead = false;
  private skew = 0;
  private tellKilled: () => void = () => undefined;
  private readonly endsAt: number;
  private readonly stopTimer: () => void;

  constructor(
    readonly world: SimulatedWorld,
    readonly id: number,
    /** The event that it works for. */
    readonly cause: { stack: string; batch: string; request: string },
    limitMs: number,
  ) {
    this.killed = new Promise((resolve) => (this.tellKilled = () => resolve('killed')));
    this.endsAt = world.timeline.now() + limitMs;
    this.stopTimer = world.timeline.after(limitMs, () => this.die());
    this.clock = {
      now: () => world.timeline.now() + this.skew,
      sleep: (ms, ending) => this.sleep(ms, ending),
      random: () => world.random.fraction(),
      nonce: (bytes) => world.random.hex(bytes),
    };
  }

  get remainingMs(): number {
    return this.endsAt - this.world.timeline.now();
  }

  /** It has returned: nothing of it goes on. */
  end(): void {
    this.dead = true;
    this.stopTimer();
  }

  async through<T>(io: string, run: (fault: Fault | undefined) => T | Promise<T>): Promise<T> {
    if (this.dead) return never();
    const fault = this.world.faults.strike(io);
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others strike elsewhere
    switch (fault?.kind) {
      case 'killedBefore':
        this.die();
        return never();
      case 'killedAfter':
        await Promise.resolve(run(undefined)).catch(() => undefined);
        this.die();
        return never();
      case 'paused':
        await this.sleep(fault.ms);
        break;
      case 'clockJump':
        this.skew = Math.max(-MOST_SKEW_MS, Math.min(MOST_SKEW_MS, this.skew + fault.ms));
        break;
      case 'connectsMeanwhile':
      case 'deletedMeanwhile':
      case 'takenMeanwhile':
        this.world.meddle(fault.kind);
        break;
      default:
    }
    try {
      const result = await run(fault);
      return this.dead ? await never() : result;
    } catch (error) {
      if (this.dead) return never();
      throw error;
    }
  }

  private die(): void {
    this.end();
    this.world.killed.add(this.id);
    this.tellKilled();
  }

  private sleep(ms: number, ending?: AbortSignal): Promise<void> {
    if (ms <= 0 || ending?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        ending?.removeEventListener('abort', abandon);
        if (!this.dead) resolve();
      };
      const cancel = this.world.timeline.after(ms, wake);
      const abandon = () => {
        cancel();
        wake();
      };
      ending?.addEventListener('abort', abandon, { once: true });
    });
  }
}

export function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
