import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { fuzz } from './fuzz';
import { targets } from './targets';

/** `npm run fuzz`: many inputs for everything that takes what others have written. */
const program = new Command('npm run fuzz --')
  .description(
    'tries options, files, answers of clouds and records that nobody expects: each must end well or with a code',
  )
  .option('--inputs <number>', 'how many in all', wholeNumber, 100_000)
  .option('--seed <number>', 'of the run, to repeat it', wholeNumber, randomInt(1, 2 ** 31))
  .option('--target <text>', 'only targets whose names have this in them', '')
  .action(main);

void program.parseAsync();

async function main({ inputs, seed, target }: { inputs: number; seed: number; target: string }): Promise<void> {
  const chosen = targets.filter(({ name }) => name.includes(target));
  const each = Math.ceil(inputs / chosen.length);
  console.log(`${each.toLocaleString('en')} inputs for each of ${chosen.length} targets, seed ${seed}`);
  for (const one of chosen) {
    const started = performance.now();
    const { endings, slowestMs, failure } = await fuzz(one, each, seed);
    const seconds = (performance.now() - started) / 1000;
    const megabytes = process.memoryUsage().rss / 1e6;
    console.log(
      `\n${one.name}: ${seconds.toFixed(0)} s, slowest ${slowestMs.toFixed(0)} ms, ${megabytes.toFixed(0)} MB`,
    );
    for (const [ending, count] of [...endings].sort(([, a], [, b]) => b - a).slice(0, 12)) {
      console.log(`  ${String(count).padStart(8)}  ${ending}`);
    }
    if (failure === undefined) continue;
    console.log(`\n${failure}`);
    process.exitCode = 1;
  }
  console.log(process.exitCode === 1 ? '\nsome input ended as it must not' : '\nevery input ended well or with a code');
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('It must be a whole number above 0.');
}
