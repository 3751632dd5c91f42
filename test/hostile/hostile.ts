import { heldNow, more, type Held } from './held';
import { live, type Side } from './side';

export interface HostileOptions {
  minutes: number;
  batches: number;
  seed: string;
  /** Only faults that are over as soon as they are met. */
  mild?: boolean;
  /** How long batches live before anything is measured, so that whatever is made once and kept is there by then. */
  warmUpSeconds: number;
}

export interface HostileRun {
  hostile: Side;
  control: Side;
  /** Before the two sides began, and after they had ended. */
  held: { before: Held; after: Held };
  /** What should be gone and is not; nothing, if all is well. */
  left: string[];
  seconds: number;
}

/** Two sides with the same batches and the same chance, in one process at the same time: one has faults, the other has none. */
export async function runHostile({ minutes, batches, seed, mild, warmUpSeconds }: HostileOptions): Promise<HostileRun> {
  const started = performance.now();
  const options = { seed, batches };
  await live({ ...options, until: started + warmUpSeconds * 1_000, weather: 'mild' });
  const before = await heldNow();
  const until = performance.now() + minutes * 60_000;
  const [hostile, control] = await Promise.all([
    live({ ...options, until, weather: mild ? 'mild' : 'hostile' }),
    live({ ...options, until, weather: 'calm' }),
  ]);
  const after = await heldNow();
  return {
    ...{ hostile, control, held: { before, after } },
    left: [
      ...hostile.left,
      ...control.left.map((each) => `${each}, without any fault`),
      ...control.operations.flatMap(({ said }) => (said === undefined ? [] : [`a failure without any fault: ${said}`])),
      ...more(before, after).map((each) => `${each} in this process`),
    ],
    seconds: (performance.now() - started) / 1000,
  };
}
