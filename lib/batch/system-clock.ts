import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './ports/clock';

/** The machine's own time and randomness. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, ending) => {
    if (ms > 0 && !ending?.aborted) await sleep(ms, undefined, { signal: ending }).catch(() => undefined);
  },
  random: () => Math.random(),
  nonce: (bytes) => randomBytes(bytes).toString('hex'),
};
