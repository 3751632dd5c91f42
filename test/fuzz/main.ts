import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { forEachLimited } from '../../lib/batch/concurrency';
import { endingsOf, tell } from './report';
import { targets } from './targets';
import { work, type Work, type Worked } from './work';

/** `npm run fuzz`: many inputs for everything that takes what others have written. */
const program = new Command('npm run fuzz --')
  .description(
    'tries options, files, answers of clouds and records that nobody expects: each must end well or with a code',
  )
  .option('--inputs <number>', 'how many in all', wholeNumber, 100_000)
  .option('--seed <number>', 'of the run, to repeat it', wholeNumber, randomInt(1, 2 ** 31))
  .option('--target <text>', 'only targets whose names have this in them', '')
  .option('--path <text>', 'of an input that ended as it must not: begins with that one')
  .option('--processes <number>', 'how many targets are tried side by side', wholeNumber, 1)
  .option('--report <file>', 'where the table of the run goes as well')
  .action(main);

void program.parseAsync();

interface Options {
  inputs: number;
  seed: number;
  target: string;
  path?: string;
  processes: number;
  report?: string;
}

async function main({ inputs, seed, target, path, processes, report }: Options): Promise<void> {
  const chosen = targets.filter(({ name }) => name.includes(target));
  const shares = chosen.reduce((sum, { share = 1 }) => sum + share, 0);
  console.log(`${inputs.toLocaleString('en')} inputs for ${chosen.length} targets, seed ${seed}`);
  const started = performance.now();
  const tried: Worked[] = [];
  await forEachLimited(chosen, processes, async ({ name, share = 1 }, i) => {
    const own: Work = { target: name, inputs: Math.ceil((inputs * share) / shares), seed };
    const worked = await work({ ...own, ...(path !== undefined && { path }) });
    tried[i] = worked;
    console.log(`\n${endingsOf(worked)}`);
    if (worked.failure === undefined) return;
    console.log(`\n${worked.failure}`);
    process.exitCode = 1;
  });
  const text = tell(seed, tried, (performance.now() - started) / 1000);
  console.log(`\n${text}`);
  if (report !== undefined) {
    const endings = tried.map(endingsOf).join('\n\n');
    writeFileSync(
      resolve(report),
      `# A run of \`npm run fuzz\`\n\n\`\`\`\n${text}\n\`\`\`\n\n## How the inputs ended\n\n\`\`\`\n${endings}\n\`\`\`\n`,
    );
  }
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('It must be a whole number above 0.');
}
