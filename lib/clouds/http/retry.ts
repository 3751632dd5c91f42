import type { Clock } from '../../batch/ports/clock';
import { CloudError } from '../../batch/ports/cloud';

/** Exponential back-off with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"). */
export interface Backoff {
  /** Calls in all, the first included. */
  attempts: number;
  /** The longest first delay, in milliseconds; each further one is up to twice as long. */
  baseMs: number;
  /** The longest of all delays, a cloud's hint apart. */
  capMs: number;
}

/** Rides out half a minute at most: what lasts longer is for the engine, which knows its deadline. */
export const defaultBackoff: Backoff = { attempts: 8, baseMs: 250, capMs: 20_000 };

/** A cloud's hint is followed up to here (Alibaba's SDK caps it so too: npm @darabonba/typescript, retry.ts). */
export const MAX_HINT_MS = 120_000;

export interface RetryOptions {
  clock: Clock;
  /** No call begins, and no delay ends, at or after this moment (ms since 1970). */
  until: number;
  backoff?: Backoff;
  /** Ends the delay when the connection ends. */
  ending?: AbortSignal;
  /** Told before each delay. */
  repeating?: (error: CloudError, delayMs: number) => void;
}

/** Calls `attempt` again while it fails with a `CloudError` that is safe to repeat; else rejects with the last error. */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, until, backoff = defaultBackoff, ending, repeating } = options;
  for (let made = 1; ; made += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof CloudError && error.retrySafe) || made >= backoff.attempts || ending?.aborted) throw error;
      const delay = delayAfter(made, backoff, clock.random(), error.details.retryAfterMs);
      if (clock.now() + delay >= until) throw error;
      repeating?.(error, delay);
      await clock.sleep(delay, ending);
    }
  }
}

/** Milliseconds to wait after the `made`th call. The jitter comes on top of a hint, which all callers got alike. */
export function delayAfter(made: number, { baseMs, capMs }: Backoff, random: number, hintMs = 0): number {
  const jitter = random * Math.min(capMs, baseMs * 2 ** (made - 1));
  return Math.min(MAX_HINT_MS, Math.max(0, hintMs)) + Math.round(jitter);
}
