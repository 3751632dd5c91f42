/** Calls a second that one bucket may take; one second's worth may come at once. */
export interface Rate {
  /** Calls that share a rate have the same bucket. */
  bucket: string;
  perSecond: number;
}

/** How the documented rates are enforced: as they are, not at all, or all multiplied by a factor. */
export type RateEnforcement = boolean | number;

/** Token buckets. The vendors document the rates but not the window (the burst of one second is our assumption). */
export class RateLimiter {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();
  private factor = 1;

  constructor(enforcement: RateEnforcement = true) {
    this.enforce(enforcement);
  }

  enforce(enforcement: RateEnforcement): void {
    const factor = enforcement === true ? 1 : enforcement === false ? Infinity : enforcement;
    if (!(factor > 0)) throw new RangeError(`rate factor ${factor} is not a number above 0`);
    this.factor = factor;
    this.clear();
  }

  /** Fills every bucket. */
  clear(): void {
    this.buckets.clear();
  }

  get enforcement(): RateEnforcement {
    return this.factor === Infinity ? false : this.factor === 1 ? true : this.factor;
  }

  /** Takes one call's token. Returns 0, or the milliseconds until there will be one. */
  take(rate: Rate, now: number): number {
    if (this.factor === Infinity) return 0;
    const perSecond = rate.perSecond * this.factor;
    const burst = Math.max(1, perSecond);
    const last = this.buckets.get(rate.bucket) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, last.tokens + (Math.max(0, now - last.at) * perSecond) / 1000);
    const allowed = tokens >= 1;
    this.buckets.set(rate.bucket, { tokens: allowed ? tokens - 1 : tokens, at: now });
    return allowed ? 0 : Math.ceil(((1 - tokens) * 1000) / perSecond);
  }
}
