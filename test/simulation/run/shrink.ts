import type { AnyLife } from './lives';

/** No more tries than this: a shorter story is worth seconds, not minutes. */
const MOST_TRIES = 300;

/**
 * Takes out of a life what is not needed to break it: steps, then faults, then repetitions of faults, as long as anything can
 * be left out. Each step has a seed of its own, so that the others go on as before.
 */
export async function shrink(life: AnyLife, breaks: (life: AnyLife) => Promise<boolean>): Promise<AnyLife> {
  let best = life;
  let tries = 0;
  for (let shorter = true; shorter && tries < MOST_TRIES;) {
    shorter = false;
    for (const candidate of simpler(best)) {
      if (++tries > MOST_TRIES) break;
      if (!(await breaks(candidate))) continue;
      best = candidate;
      shorter = true;
      break;
    }
  }
  return best;
}

function* simpler(life: AnyLife): Generator<AnyLife> {
  const steps: readonly AnyLife['steps'][number][] = life.steps;
  const withSteps = (changed: readonly unknown[]) => ({ ...life, steps: changed }) as AnyLife;
  for (const i of steps.keys()) yield withSteps(steps.toSpliced(i, 1));
  for (const [i, step] of steps.entries()) {
    for (const j of step.faults.keys()) {
      yield withSteps(steps.with(i, { ...step, faults: step.faults.toSpliced(j, 1) }));
    }
  }
  for (const [i, step] of steps.entries()) {
    for (const [j, fault] of step.faults.entries()) {
      if (fault.times === 1) continue;
      yield withSteps(steps.with(i, { ...step, faults: step.faults.with(j, { ...fault, times: 1 }) }));
    }
  }
}
