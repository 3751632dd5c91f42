import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { products } from './clouds/products';
import { findMutants } from './mutants/find-mutants';
import { bundleWorker } from './run/bundle';
import { tellWhole } from './run/live';
import { generateAny, twins, type Twin } from './run/lives';
import { run } from './run/run';
import type { Tally } from './tally';
import { faultKinds } from './world/faults';

/** `npm run simulate`: lives random lives of a stack, and tells of those that broke an invariant (docs/simulation.md). */
const program = new Command('simulate')
  .description('lives random lives of a stack in this machine’s memory, and judges each by the history of its cloud')
  .option('--runs <number>', 'how many lives', wholeNumber, 1_000)
  .option('--seed <text>', 'of the run; or of one life, as it was told, to live it again')
  .addOption(
    new Option('--twin <name>', 'lives with the CDK or with Pulumi only; else a third is with Pulumi').choices(twins),
  )
  .option('--processes <number>', 'how many side by side', wholeNumber, availableParallelism())
  .option('--mutants', 'plants known mistakes, one after the other, each of which some life must show')
  .action(simulate);

interface Options {
  runs: number;
  seed?: string;
  processes: number;
  twin?: Twin;
  mutants?: true;
}

/** As many lives meet everything that can go wrong. */
const EVERYTHING = 2_000;

const builds = resolve(__dirname, '../../.local/simulation');

async function simulate({
  runs,
  seed = randomBytes(4).toString('hex'),
  processes,
  twin,
  mutants,
}: Options): Promise<void> {
  if (seed.includes('/')) return replay(seed, twin);
  if (mutants) return fail((await findMutants({ builds, seed, runs, processes, say })) === 0);
  say(`${runs.toLocaleString('en')} lives of seed ${seed}, in ${processes} processes`);
  const worker = await bundleWorker(`${builds}/worker-${process.pid}.cjs`);
  const { lived, broken, tally, seconds } = await run({
    worker,
    seed,
    ...(twin && { twin }),
    runs,
    processes,
    mostBroken: 1,
    tells: true,
    progress: progressFor(runs),
  });
  say(tally.toString());
  say(`${lived.toLocaleString('en')} lives in ${seconds.toFixed(0)} s: ${(lived / seconds).toFixed(0)} a second`);
  for (const { seed: life, twin: asker, story } of broken)
    say(`\n${story}\n\nLive it again: npm run simulate -- --twin ${asker} --seed ${life}`);
  const missed = runs >= EVERYTHING && !twin ? neverMet(tally) : [];
  if (missed.length > 0) say(`never met: ${missed.join(', ')}`);
  say(broken.length === 0 ? 'no invariant was broken' : `${broken.length} broke an invariant`);
  fail(broken.length === 0 && missed.length === 0);
}

async function replay(seed: string, twin: Twin | undefined): Promise<void> {
  const { story, violations } = await tellWhole(generateAny(seed, twin));
  say(story);
  say(violations.length === 0 ? 'no invariant was broken' : `${violations[0]?.invariant} was broken`);
  fail(violations.length === 0);
}

function neverMet(tally: Tally): string[] {
  const faults = Object.keys(faultKinds).filter((kind) => tally.of('faults', kind) === 0);
  return [...faults, ...Object.keys(products).filter((name) => tally.of('products', name) === 0)];
}

function progressFor(runs: number): (lived: number) => void {
  const part = Math.max(1, Math.ceil(runs / 10));
  let next = part;
  return (lived) => {
    if (lived < next) return;
    next = (Math.floor(lived / part) + 1) * part;
    say(`  ${lived.toLocaleString('en')} lived`);
  };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('it must be a whole number from 1 on');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(well: boolean): void {
  process.exitCode = well ? 0 : 1;
}

void program.parseAsync();
