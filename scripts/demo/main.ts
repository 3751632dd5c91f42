/** The demo; started by scripts/demo.mjs. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { MissingPrerequisite } from '../../local-aws';
import { buildIfNeeded } from './build';
import { Interruption } from './interruption';
import { Narrator } from './narrator';
import { playWithPulumi } from './pulumi-story';
import { type SceneName, scenes } from './scenes';
import { openAwsStage, openStage } from './stage';
import { play } from './story';

const program = new Command('npm run demo --')
  .description(
    'Registers a batch of devices as part of a stack, by the real CDK CLI or the real Pulumi CLI, then lets a deployment ' +
      'fail, then takes all of it back. The IoT cloud and AWS are emulated on this machine: no account is needed, and nothing leaves it.',
  )
  .addOption(
    new Option('--cloud <name>', 'which IoT cloud: street lights on one, water meters on the other')
      .choices(Object.keys(scenes))
      .default('aliyun'),
  )
  .addOption(new Option('--twin <name>', 'by which of the two').choices(['cdk', 'pulumi']).default('cdk'))
  .option('--count <number>', 'how many devices (default: 500 street lights, 250 water meters)', wholeNumber)
  .option('--verbose', 'repeat all that the CLI prints')
  .option('--keep', 'leave everything running at the end, to play with, until Ctrl-C', false)
  .action(demo);

void program.parseAsync();

interface DemoOptions {
  cloud: SceneName;
  twin: 'cdk' | 'pulumi';
  count?: number;
  keep: boolean;
  verbose?: boolean;
}

async function demo({ cloud, twin, count = scenes[cloud].count, keep, verbose = false }: DemoOptions): Promise<void> {
  const narrator = new Narrator(process.stdout, verbose);
  const interruption = new Interruption(narrator);
  try {
    await buildIfNeeded(narrator, interruption.signal);
    if (twin === 'cdk') {
      const stage = await openAwsStage(cloud, narrator, interruption.signal);
      try {
        await play(stage, { count, keep }, narrator, interruption.signal);
      } finally {
        await narrator.step('stop both clouds', () => stage.close());
      }
    } else {
      const stage = await openStage(cloud, narrator);
      try {
        await playWithPulumi(stage, { count, keep }, narrator, interruption.signal);
      } finally {
        await narrator.step('stop the cloud', () => stage.close());
      }
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
