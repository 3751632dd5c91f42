import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Tally } from '../tally';
import type { Broken, Lives, Share } from './live';
import type { Twin } from './lives';

export interface RunOptions {
  /** The worker, as `bundleWorker` made it. */
  worker: string;
  seed: string;
  twin?: Twin;
  /** The number of the first life. @default 0 */
  from?: number;
  runs: number;
  processes: number;
  mostBroken: number;
  tells: boolean;
  /** The folder into which each process writes what code it has run through, at its end. @default none */
  coverage?: string;
  /** Told how many lives were lived so far. */
  progress?: (lived: number) => void;
}

export interface Run {
  lived: number;
  broken: Broken[];
  tally: Tally;
  seconds: number;
}

/** Lives a run's lives in processes side by side. Which process lives which changes nothing: each life has its own seed. */
export async function run({
  worker,
  seed,
  twin,
  from = 0,
  runs,
  processes,
  mostBroken,
  tells,
  coverage,
  progress,
}: RunOptions): Promise<Run> {
  const started = performance.now();
  const result: Run = { lived: 0, broken: [], tally: new Tally(), seconds: 0 };
  let seen = 0;
  const step = Math.min(processes, runs);
  const shares = Array.from({ length: step }, (_, index): Share => {
    return { seed, ...(twin && { twin }), first: from + index, end: from + runs, step, mostBroken, tells };
  });
  const children = new Set<ReturnType<typeof spawn>>();
  await Promise.all(
    shares.map(async (share) => {
      const lives = await workOn({ worker, coverage }, share, children, (lived) => progress?.((seen += lived)));
      result.lived += lives.lived;
      result.broken.push(...lives.broken);
      result.tally.merge(lives.counts);
      // The others are not needed any more.
      if (result.broken.length < mostBroken) return;
      for (const child of children) child.kill();
    }),
  );
  const enough = result.lived === runs || result.broken.length >= mostBroken;
  if (!enough) throw new Error(`only ${result.lived} of ${runs} lives were lived, and nobody said why`);
  return { ...result, seconds: (performance.now() - started) / 1000 };
}

const NOTHING: Lives = { lived: 0, broken: [], counts: {} };

async function workOn(
  { worker, coverage }: { worker: string; coverage: string | undefined },
  share: Share,
  children: Set<ReturnType<typeof spawn>>,
  progress: (lived: number) => void,
): Promise<Lives> {
  const child = spawn(process.execPath, ['--enable-source-maps', worker, JSON.stringify(share)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(coverage !== undefined && { NODE_V8_COVERAGE: coverage }) },
  });
  children.add(child);
  let lives = NOTHING;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const told = JSON.parse(line) as { lived: number; lives?: Lives };
    progress(told.lived);
    lives = told.lives ?? lives;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  children.delete(child);
  if (code !== 0 && signal !== 'SIGTERM')
    throw new Error(`a worker ended with ${code ?? signal} (${JSON.stringify(share)})`);
  return lives;
}
