import type { Clock } from './ports/clock';
import { BatchError } from './errors';

/** This invocation's time is used up: what is recorded goes on in the next one. No failure. */
export class Yielded extends Error {
  override readonly name = 'Yielded';
  constructor() {
    super('the time of this invocation is used up');
  }
}

/** The last look at what is waited for begins this long before the limit, so that it may be answered in time. */
const LAST_LOOK_MS = 2_000;

/**
 * The two ends that work has: `until`, when this invocation must have returned, and `limit`, when the operation must have
 * come to its end.
 */
export class TimeLeft {
  constructor(
    private readonly clock: Clock,
    readonly until: number,
    readonly limit: number,
    /** Asks the work to stop before its time, as at the end of the invocation. */
    readonly ending?: AbortSignal,
  ) {}

  /** The same with less time for the operation. */
  limitedTo(limit: number): TimeLeft {
    return new TimeLeft(this.clock, this.until, Math.min(limit, this.limit), this.ending);
  }

  /** @throws BatchError `DeadlineReached`, Yielded at the end of either. */
  check(explain: () => string): void {
    const now = this.clock.now();
    if (now >= this.limit) throw deadlineReached(explain);
    if (now >= this.until || this.ending?.aborted) throw new Yielded();
  }

  /**
   * Sleeps, so that the last look falls just before the limit.
   * @throws BatchError `DeadlineReached` with what `explain` says, once the limit is reached.
   * @throws Yielded if the sleep would not end within this invocation.
   */
  async pause(ms: number, explain: () => string): Promise<void> {
    const now = this.clock.now();
    const lastLook = this.limit - LAST_LOOK_MS;
    if (now >= lastLook) throw deadlineReached(explain);
    const wake = Math.min(now + ms, lastLook);
    if (wake >= this.until) throw new Yielded();
    await this.clock.sleep(wake - now, this.ending);
    if (this.ending?.aborted) throw new Yielded();
  }
}

function deadlineReached(explain: () => string): BatchError {
  return new BatchError('DeadlineReached', `the time-out was reached ${explain()}`);
}
