import { once } from 'node:events';
import { cdk, deploy, destroy } from '../../local-aws';
import { exampleApp, harbour, synthesized } from './apps';
import { failureOf } from './failure-of';
import { howToPlay } from './how-to-play';
import { Inventory } from './inventory';
import type { Narrator } from './narrator';
import { scenes } from './scenes';
import type { AwsStage } from './stage';
import { showStatus } from './status';

export interface StoryOptions {
  /** How many devices the example has. */
  readonly count: number;
  /** Whether to stop before the end and wait. */
  readonly keep: boolean;
}

/** What the CDK CLI prints of the batch and of the stack as a whole; the rest is the two dozen resources behind them. */
const TELLING = /Custom::IotDeviceBatch(?!Store)|CloudFormation::Stack |Synthesis time|changeset|destroying|[✅❌]/u;

/**
 * Deploys, fails, destroys, and asks the IoT cloud after each what it holds. Throws if that is not what it should be: the
 * demo is also a test.
 */
export async function play(
  stage: AwsStage,
  options: StoryOptions,
  narrator: Narrator,
  signal: AbortSignal,
): Promise<void> {
  const { aws } = stage;
  const { stack, things } = scenes[stage.scene];
  const { count, keep } = options;
  const onLine = (line: string): void => narrator.quote(line, TELLING.test(line));
  const example = { ...exampleApp(stage, count), onLine, signal };
  const ships = { ...harbour(stage), onLine, signal };
  const inventory = new Inventory(stage);

  const { [stack]: outputs = {} } = await narrator.step(
    `cdk deploy: ${count} ${things} as one resource of a stack`,
    () => deploy(aws, [stack], example),
  );
  narrator.list(outputs);
  const names = (outputs.DeviceNames ?? '').split(',');
  await inventory.ask(narrator, names);
  await showStatus(stage, outputs.ManifestUri ?? '', narrator);

  await narrator.step('somebody registers harbour-3 by hand', () => inventory.registerByHand('harbour-3'));
  await narrator.step(
    'cdk deploy: another stack, with harbour-1 to harbour-4, which must fail',
    () => cdk(aws, ['deploy', 'Harbour', '--require-approval', 'never'], ships),
    ({ code }) => {
      if (code === 0) throw new Error('it was deployed, although harbour-3 exists');
      return 'it failed, as it should';
    },
  );
  narrator.list({ Reason: await failureOf(aws, 'Harbour') });
  await inventory.ask(narrator, [...names, 'harbour-3'], ': of what failed, nothing is left');

  if (keep) {
    narrator.say(howToPlay(stage));
    await once(signal, 'abort');
    return;
  }
  await narrator.step(`cdk destroy: the ${things}`, () => destroy(aws, [stack], synthesized(example)));
  await narrator.step('cdk destroy: what failed', () => destroy(aws, ['Harbour'], synthesized(ships)));
  await inventory.ask(narrator, ['harbour-3'], ', which was never ours');
}
