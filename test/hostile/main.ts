import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { runHostile, type HostileOptions } from './hostile';
import { tell } from './report';

/** `npm run hostile`: batches in real time while everything goes wrong, beside the same ones while nothing does. */
const program = new Command('npm run hostile --')
  .description('lets batches live on both emulated clouds behind HTTP, with random faults and, beside it, without')
  .option('--minutes <number>', 'until nothing new is begun', positive, 30)
  .option('--batches <number>', 'side by side, on each side', positive, 20)
  .option('--seed <text>', 'of the run', randomBytes(4).toString('hex'))
  .option('--report <file>', 'where the report goes as well')
  .action(main);

void program.parseAsync();

async function main({ report, ...given }: Omit<HostileOptions, 'warmUpSeconds'> & { report?: string }): Promise<void> {
  const options = { ...given, warmUpSeconds: 20 };
  console.log(`${options.batches} batches for ${options.minutes} minutes, seed ${options.seed}`);
  const run = await runHostile(options);
  const text = tell(options, run);
  console.log(`\n${text}`);
  if (report !== undefined) writeFileSync(resolve(report), `# A hostile run\n\n\`\`\`\n${text}\n\`\`\`\n`);
  process.exitCode = run.left.length === 0 ? 0 : 1;
}

function positive(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('It must be a number above 0.');
}
