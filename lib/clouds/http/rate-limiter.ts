import { RATE_USE } from '../../batch/contract/time-budget';
import type { Clock } from '../../batch/ports/clock';

/** Requests a second for operations whose limit is not documented. */
export const UNDOCUMENTED_RATE = 20;

/** A turn to make one call. Its caller says how the call went, and the rate adapts. */
export interface Permit {
  /** The cloud let the call in, whatever it then made of it. */
  admitted(): void;
  throttled(): void;
}

/**
 * Gives turns to the calls of one operation, first come, first served: a token bucket that starts at 80 % of the
 * documented rate divided by `share`, halves when the cloud throttles and climbs back while calls are let in (AIMD).
 *
 * Others who have a share may have nothing to do: who has not been throttled for half a minute climbs beyond its start, to
 * the undivided 80 % at most. One large batch beside small ones would else take a multiple of its time.
 *
 * The bucket holds the other 20 % of a second's calls at most, so that no second ever sees more calls than documented.
 */
export class RateLimiter {
  private readonly startRate: number;
  private readonly highestRate: number;
  private rate: number;
  private tokens = 1;
  private refilledAt: number;
  private steppedAt: number;
  /** Until when it does not climb beyond its start, nor beyond where it is. */
  private modestUntil: number;
  /** Counts the decreases: calls that were under way at one are its cause, not a reason for another. */
  private epoch = 0;
  private readonly waiting: Waiting[] = [];
  private serving = false;

  constructor(
    private readonly clock: Clock,
    private readonly documentedRate: number,
    private readonly share: number,
  ) {
    this.highestRate = documentedRate * RATE_USE;
    this.startRate = this.highestRate / share;
    this.rate = this.startRate;
    this.refilledAt = this.steppedAt = clock.now();
    this.modestUntil = clock.now() + MODEST_MS;
  }

  /** Waits for a turn; undefined if none comes before `until` (ms since 1970) or the connection ends that asks for it. */
  acquire(until: number, ending?: AbortSignal): Promise<Permit | undefined> {
    return new Promise((resolve) => {
      this.waiting.push({ until, ending, resolve });
      void this.serve();
    });
  }

  /** Calls a second at present. */
  get currentRate(): number {
    return this.rate;
  }

  /** The only loop that hands out turns: one sleep at a time, however many wait. */
  private async serve(): Promise<void> {
    if (this.serving) return;
    this.serving = true;
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      const wait = this.msToNextToken();
      if (first.ending?.aborted || this.clock.now() + wait >= first.until) {
        this.waiting.shift();
        first.resolve(undefined);
      } else if (wait > 0) {
        await this.clock.sleep(wait, first.ending);
      } else {
        this.waiting.shift();
        this.tokens -= 1;
        first.resolve(this.permit());
      }
    }
    this.serving = false;
  }

  private permit(): Permit {
    const { epoch } = this;
    return {
      admitted: () => this.recover(),
      throttled: () => {
        if (epoch === this.epoch) this.halve();
      },
    };
  }

  private msToNextToken(): number {
    this.refill();
    return this.tokens >= 1 - EPSILON ? 0 : Math.ceil(((1 - this.tokens) / this.rate) * 1000 - EPSILON);
  }

  private refill(): void {
    const now = this.clock.now();
    const capacity = Math.max(1, (this.documentedRate * (1 - RATE_USE)) / this.share);
    this.tokens = Math.min(capacity, this.tokens + (this.rate * Math.max(0, now - this.refilledAt)) / 1000);
    this.refilledAt = now;
  }

  private halve(): void {
    this.epoch += 1;
    this.refill();
    const lowest = this.rate > this.startRate ? this.startRate : this.startRate * LOWEST;
    this.rate = Math.max(lowest, this.rate / 2);
    this.tokens = Math.min(this.tokens, 0);
    this.steppedAt = this.clock.now();
    this.modestUntil = this.clock.now() + MODEST_MS;
  }

  /** A twentieth of the start rate, beyond it of the highest, for each second in which calls are let in, however many. */
  private recover(): void {
    const now = this.clock.now();
    const seconds = Math.min(1, Math.max(0, now - this.steppedAt) / 1000);
    this.steppedAt = now;
    const below = this.rate < this.startRate;
    const limit = below ? this.startRate : now < this.modestUntil ? this.rate : this.highestRate;
    if (this.rate >= limit) return;
    this.refill();
    this.rate = Math.min(limit, this.rate + (below ? this.startRate : this.highestRate) * STEP * seconds);
  }
}

interface Waiting {
  until: number;
  ending: AbortSignal | undefined;
  resolve: (permit: Permit | undefined) => void;
}

/** The part of a rate that is won back in a second. */
const STEP = 0.05;
/** So long after its start, and after each refusal, a limiter asks for no more than its share. */
const MODEST_MS = 30_000;
/** The part of the start rate below which throttling does not push: the calls' own back-off does the rest. */
const LOWEST = 1 / 16;
/** Tokens are fractions: a turn must not wait a millisecond for a rounding error. */
const EPSILON = 1e-6;
