import type { Clock } from '../../batch/ports/clock';
import { RateLimiter, UNDOCUMENTED_RATE } from './rate-limiter';

/** The limiters of one account, one an operation; connections of one process may share them. */
export class RateLimits {
  private readonly limiters = new Map<string, RateLimiter>();

  constructor(
    private readonly clock: Clock,
    /** How many batches use the account side by side. */
    private readonly share: number,
  ) {}

  /** `perSecond`: the documented rate, undefined where there is none. */
  of(operation: string, perSecond: number = UNDOCUMENTED_RATE): RateLimiter {
    let limiter = this.limiters.get(operation);
    if (limiter === undefined) {
      limiter = new RateLimiter(this.clock, perSecond, Math.max(1, this.share));
      this.limiters.set(operation, limiter);
    }
    return limiter;
  }
}
