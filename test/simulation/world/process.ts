import type { Clock } from '../../../lib/batch/ports/clock';
import type { Fault } from './faults';
import type { NewerVersion } from './versions';
import type { SimulatedWorld } from './world';

/** What a process works for. */
export interface Cause {
  stack: string;
  batch: string;
  request: string;
}

/** How far the clocks of two processes may be apart. */
const MOST_SKEW_MS = 1_500;

/** How long a process may live on after its end. */
const LONGEST_AFTERLIFE_MS = 120_000;

/**
 * One invocation of the handler. Everything that it does outside of itself goes `through` here, where it may be disturbed; a
 * killed one never hears of anything again.
 */
export class Process {
  readonly clock: Clock;
  /** Resolves when it is killed; whoever waits for its result waits for this as well. */
  readonly killed: Promise<'killed'>;
  /** Whether it is a later version of the handler. */
  readonly version: NewerVersion | undefined;
  private dead = false;
  private skew = 0;
  private tellKilled: () => void = () => undefined;
  private readonly endsAt: number;
  private stopTimer: () => void;
  private outlives = false;
  /** Whether its caller does not even know that it counts as dead, and calls the next one. */
  unheard = false;

  constructor(
    readonly world: SimulatedWorld,
    readonly id: number,
    /** What it works for. */
    readonly cause: Cause,
    limitMs: number,
    /** Whether it can go on although it counts as dead: one that only records an event is over too soon for that. */
    private readonly mayOutlive: boolean,
  ) {
    this.version = world.versionNow();
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

  /** This same process, as far as it works for something else. */
  workingFor(cause: Cause): Process {
    return new Proxy<Process>(this, {
      get: (process, member) => {
        if (member === 'cause') return cause;
        const value: unknown = Reflect.get(process, member, process);
        return typeof value === 'function' ? (value as () => unknown).bind(process) : value;
      },
    });
  }

  get remainingMs(): number {
    return this.endsAt - this.world.timeline.now();
  }

  /** It has returned: nothing of it goes on, unless it outlives that. */
  end(): void {
    if (!this.outlives) this.stop();
  }

  async through<T>(io: string, run: (fault: Fault | undefined) => T | Promise<T>): Promise<T> {
    if (this.dead) return never();
    if (!this.world.timeline.goesOn()) return never();
    const fault = this.world.faults.strike(io);
    if (fault && io.startsWith('store')) this.world.storeTroubles.set(this.id, this.world.timeline.now());
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
      case 'outlives':
        if (this.mayOutlive) await this.outlive(fault.ms);
        break;
      case 'clockJump':
        this.skew = Math.max(-MOST_SKEW_MS, Math.min(MOST_SKEW_MS, this.skew + fault.ms));
        break;
      case 'connectsMeanwhile':
      case 'deletedMeanwhile':
      case 'takenMeanwhile':
        this.world.meddle(fault.kind);
        break;
      case 'interrupted':
      case 'interruptedTwice':
      case 'askerKilled':
        this.world.disturbAsker(fault.kind);
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
    this.stop();
    this.world.killed.add(this.id);
    this.tellKilled();
  }

  private stop(): void {
    if (this.outlives && !this.dead) this.world.outliving--;
    this.dead = true;
    this.stopTimer();
  }

  /** It counts as dead, and wakes up only when its time is long over. */
  private async outlive(ms: number): Promise<void> {
    const { timeline } = this.world;
    if (!this.outlives) {
      this.outlives = true;
      this.unheard = this.world.random.chance(0.5);
      this.world.outliving++;
      this.stopTimer();
      this.stopTimer = timeline.after(this.remainingMs + LONGEST_AFTERLIFE_MS, () => this.die());
      this.tellKilled();
    }
    await this.sleep(this.remainingMs + ms);
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
