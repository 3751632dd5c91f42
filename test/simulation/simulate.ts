import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { products } from './clouds/products';
import { findMutants } from './mutants/find-mutants';
import { branchesHit } from './run/branches';
import { bundleWorker } from './run/bundle';
import { tellWhole } from './run/live';
import { generateAny, twins, type Twin } from './run/lives';
import { run, type Run } from './run/run';
import { tellBranches, tellRun } from './run/tell-run';
import { Tally } from './tally';
import { faultKinds } from './world/faults';

/** `npm run simulate`: lives random lives of a stack, and tells of those that broke an invariant (docs/simulation.md). */
const program = new Command('simulate')
  .description('lives random lives of a stack in this machine’s memory, and judges each by the history of its cloud')
  .option('--runs <number>', 'how many lives', numberFrom(1), 1_000)
  .option('--from <number>', 'the number of the first one, to go on with a run that was ended', numberFrom(0), 0)
  .option(
    '--seed <text>',
    'of the run (lives are long and stormy if it begins with “storm”); or of one life, as it was told, to live it again',
  )
  .addOption(
    new Option('--twin <name>', 'lives with the CDK or with Pulumi only; else a third is with Pulumi').choices(twins),
  )
  .option('--processes <number>', 'how many side by side', numberFrom(1), availableParallelism())
  .option('--broken <number>', 'ends after as many lives that broke an invariant', numberFrom(1), 1)
  .option('--report <file>', 'where the run is told of as well, with what code it has run through', fileInAFolder)
  .option('--mutants', 'plants known mistakes, one after the other, each of which some life must show')
  .action(simulate);

interface Options {
  runs: number;
  from: number;
  seed?: string;
  processes: number;
  twin?: Twin;
  broken: number;
  report?: string;
  mutants?: true;
}

/** As many lives meet everything that can go wrong. */
const EVERYTHING = 2_000;

/** After as many lives a long run begins new processes, and its report tells of what was lived by then. */
const PART = 50_000;

const builds = resolve(__dirname, '../../.local/simulation');

async function simulate(options: Options): Promise<void> {
  const { runs, seed = randomBytes(4).toString('hex'), processes, twin, mutants } = options;
  if (seed.includes('/')) return replay(seed, twin);
  if (mutants) return fail((await findMutants({ builds, seed, runs, processes, say })) === 0);
  const which = options.from > 0 ? ` from number ${options.from} on` : '';
  say(`${runs.toLocaleString('en')} lives of seed ${seed}${which}, in ${processes} processes`);
  await liveAll({ ...options, seed });
}

async function liveAll(options: Options & { seed: string }) {
  const { runs, from: first, seed, processes, twin, broken: mostBroken, report } = options;
  const worker = await bundleWorker(`${builds}/worker-${process.pid}.cjs`);
  const coverage = `${builds}/coverage-${process.pid}`;
  const lives: Run = { lived: 0, broken: [], tally: new Tally(), seconds: 0 };
  const progress = progressFor(runs);
  let missed: string[] = [];
  while (lives.lived < runs && lives.broken.length < mostBroken) {
    const before = lives.lived;
    const part = await run({
      worker,
      seed,
      ...(twin && { twin }),
      from: first + before,
      runs: Math.min(PART, runs - before),
      processes,
      mostBroken: mostBroken - lives.broken.length,
      tells: true,
      ...(report !== undefined && { coverage }),
      progress: (lived) => progress(before + lived),
    });
    addPart(lives, part);
    for (const { seed: of } of part.broken) say(`  ${of} broke an invariant`);
    missed = lives.lived >= EVERYTHING && !twin ? neverMet(lives.tally) : [];
    if (report === undefined) continue;
    const command = [
      `npm run simulate -- --runs ${lives.lived}`,
      ...(first > 0 ? [`--from ${first}`] : []),
      `--seed ${seed}`,
      ...(twin ? [`--twin ${twin}`] : []),
      ...(mostBroken > 1 ? [`--broken ${mostBroken}`] : []),
    ].join(' ');
    const branches = tellBranches(await branchesHit(coverage, worker));
    writeFileSync(
      resolve(report),
      ['# Lives', '', '```', command, '', tellRun(lives, missed), '', branches, '```', ''].join('\n'),
    );
  }
  say(tellRun(lives, missed));
  rmSync(coverage, { recursive: true, force: true });
  fail(lives.broken.length === 0 && missed.length === 0);
}

function addPart(lives: Run, { lived, broken, tally, seconds }: Run): void {
  lives.lived += lived;
  lives.broken.push(...broken);
  lives.tally.merge(tally.counts);
  lives.seconds += seconds;
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

function numberFrom(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`it must be a whole number from ${least} on`);
  };
}

/** Told before anything is lived: what was lived would be lost. */
function fileInAFolder(file: string): string {
  if (existsSync(dirname(resolve(file)))) return file;
  throw new InvalidArgumentError('there is no such folder');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(well: boolean): void {
  process.exitCode = well ? 0 : 1;
}

void program.parseAsync();
