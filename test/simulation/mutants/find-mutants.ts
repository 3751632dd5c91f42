import { bundleWorker } from '../run/bundle';
import { run } from '../run/run';
import { mutants } from './mutants';

export interface Search {
  /** The folder for what is built. */
  builds: string;
  seed: string;
  /** How many lives each mistake has to be found in. */
  runs: number;
  processes: number;
  say: (text: string) => void;
}

/** Plants one mistake after the other and lives until a life shows it. Returns how many none of the lives showed. */
export async function findMutants({ builds, seed, runs, processes, say }: Search): Promise<number> {
  let missed = 0;
  for (const mutant of mutants) {
    const worker = await bundleWorker(`${builds}/mutant-${process.pid}.cjs`, mutant);
    const { lived, broken } = await run({
      worker,
      seed,
      ...(mutant.twin && { twin: mutant.twin }),
      runs,
      processes,
      mostBroken: 1,
      tells: false,
    });
    const [first] = broken;
    if (!first) missed++;
    say(
      first
        ? `✓ ${mutant.mistake}: life ${first.seed} breaks ${first.violations[0]?.invariant} (of ${lived.toLocaleString('en')} lived)`
        : `✗ ${mutant.mistake}: not found in ${lived.toLocaleString('en')} lives`,
    );
  }
  return missed;
}
