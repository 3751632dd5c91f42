/** The demo; started by scripts/demo.mjs. */
import { Command, InvalidArgumentError } from 'commander';
import { MissingPrerequisite } from '../../local-aws';
import { buildIfNeeded } from './build';
import { Interruption } from './interruption';
import { Narrator } from './narrator';
import { openStage } from './stage';
import { play, type StoryOptions } from './story';

const program = new Command('npm run demo --')
  .description(
    'Registers a batch of devices as part of a stack, by the real CDK CLI, then lets a deployment fail, then takes all ' +
      'of it back. The IoT cloud and AWS are emulated on this machine: no account is needed, and nothing leaves it.',
  )
  .option('--count <number>', 'how many street lights', wholeNumber, 500)
  .option('--verbose', 'repeat all that the CDK CLI prints')
  .option('--keep', 'leave everything running at the end, to play with, until Ctrl-C', false)
  .action(demo);

void program.parseAsync();

async function demo({ verbose = false, ...options }: StoryOptions & { verbose?: boolean }): Promise<void> {
  const narrator = new Narrator(process.stdout, verbose);
  const interruption = new Interruption(narrator);
  try {
    await buildIfNeeded(narrator, interruption.signal);
    const stage = await openStage(narrator, interruption.signal);
    try {
      await play(stage, options, narrator, interruption.signal);
    } finally {
      await narrator.step('stop both clouds', () => stage.close());
    }
    narrator.end();
  } catch (failure) {
    process.exitCode = interruption.exitCode ?? 1;
    if (interruption.exitCode === undefined)
      console.error(failure instanceof MissingPrerequisite ? failure.message : failure);
  } finally {
    interruption.dispose();
  }
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It must be 1 to 9999.');
  return Number(text);
}
