/**
 * Time and chance, as the engine and the clouds' clients see them. The real ones are in `systemClock`;
 * tests put a virtual clock in their place, on which an hour passes at once.
 */
export interface Clock {
  /** Milliseconds since 1970 (UTC). */
  now(): number;
  /** Resolves after `ms` milliseconds; at once where `ms` ≤ 0, or as soon as `ending` is aborted (it never rejects). */
  sleep(ms: number, ending?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). For jitter, never for names or nonces. */
  random(): number;
  /** `bytes` random bytes as lower-case hex: for ids and nonces. */
  nonce(bytes: number): string;
}
