import type { Clock } from './ports/clock';
import type { TimeLeft } from './time-left';

/** One look at what is waited for: its result once there is one, and what was seen, for the explanation of a time-out. */
export interface Look<T> {
  done?: T;
  seen: Record<string, number>;
}

const SHORTEST_MS = 500;
const LONGEST_MS = 5_000;
/** Delays are about this part of the time already waited, so the answer is late by a twentieth of the job at most. */
const PART_OF_ELAPSED = 0.05;

/**
 * Looks at once, then after growing, jittered delays, until `look` brings a result. A look that throws ends it.
 * @throws BatchError `DeadlineReached` that tells what was seen; Yielded at the end of the invocation.
 */
export async function poll<T>(clock: Clock, time: TimeLeft, what: string, look: () => Promise<Look<T>>): Promise<T> {
  const started = clock.now();
  const histogram = new Map<string, number>();
  for (let looks = 1; ; looks++) {
    const { done, seen } = await look();
    if (done !== undefined) return done;
    for (const [state, count] of Object.entries(seen)) histogram.set(state, (histogram.get(state) ?? 0) + count);
    await time.pause(delay(clock.now() - started, clock.random()), () => {
      const states = Object.entries(seen).map(([state, count]) => `${count} ${state}`);
      const all = [...histogram].map(([state, count]) => `${state} ×${count}`);
      return `${what}: ${states.join(', ')} (seen in ${looks} looks: ${all.join(', ')})`;
    });
  }
}

/** A delay in milliseconds: proportional to what has passed, between the bounds, give or take a quarter. */
export function delay(elapsedMs: number, random: number): number {
  const plain = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, elapsedMs * PART_OF_ELAPSED));
  return plain * (0.75 + 0.5 * random);
}
