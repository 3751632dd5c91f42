import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { fuzz } from './fuzz';
import { tell, type Tried } from './report';
import { targets } from './targets';

/** `npm run fuzz`: many inputs for everything that takes what others have written. */
const program = new Command('npm run fuzz --')
  .description(
    'tries options, files, answers of clouds and records that nobody expects: each must end well or with a code',
  )
  .option('--inputs <number>', 'how many in all', wholeNumber, 100_000)
  .option('--seed <number>', 'of the run, to repeat it', wholeNumber, randomInt(1, 2 ** 31))
  .option('--target <text>', 'only targets whose names have this in them', '')
  .option('--report <file>', 'where the table of the run goes as well')
  .action(main);

void program.parseAsync();

interface Options {
  inputs: number;
  seed: number;
  target: string;
  report?: string;
}

async function main({ inputs, seed, target, report }: Options): Promise<void> {
  const chosen = targets.filter(({ name }) => name.includes(target));
  const shares = chosen.reduce((sum, { share = 1 }) => sum + share, 0);
  const tried: Tried[] = [];
  console.log(`${inputs.toLocaleString('en')} inputs for ${chosen.length} targets, seed ${seed}`);
  for (const one of chosen) {
    const own = Math.ceil((inputs * (one.share ?? 1)) / shares);
    const started = performance.now();
    const fuzzed = await fuzz(one, own, seed);
    const seconds = (performance.now() - started) / 1000;
    tried.push({ ...fuzzed, name: one.name, inputs: own, seconds });
    console.log(`\n${one.name}: ${own.toLocaleString('en')} inputs, ${seconds.toFixed(0)} s`);
    for (const [ending, count] of [...fuzzed.endings].sort(([, a], [, b]) => b - a).slice(0, 12)) {
      console.log(`  ${String(count).padStart(8)}  ${ending}`);
    }
    if (fuzzed.failure === undefined) continue;
    console.log(`\n${fuzzed.failure}`);
    process.exitCode = 1;
  }
  const text = tell(seed, tried);
  console.log(`\n${text}`);
  if (report !== undefined) writeFileSync(resolve(report), `# A run of \`npm run fuzz\`\n\n\`\`\`\n${text}\n\`\`\`\n`);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('It must be a whole number above 0.');
}
