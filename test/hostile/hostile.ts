import { heldNow, more, type Held } from './held';
import { live, type Side } from './side';

export interface HostileOptions {
  minutes: number;
  batches: number;
  seed: string;
  /** Only faults that are over as soon as they are met. */
  mild?: boolean;
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
export async function runHostile({ minutes, batches, seed, mild }: HostileOptions): Promise<HostileRun> {
  const started = performance.now();
  const options = { seed, batches, until: started + minutes * 60_000 };
  // Whatever is made once and kept is there by then.
  await live({ ...options, batches: 2, until: 0, weather: 'calm' });
  const before = await heldNow();
  const [hostile, control] = await Promise.all([
    live({ ...options, weather: mild ? 'mild' : 'hostile' }),
    live({ ...options, weather: 'calm' }),
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
