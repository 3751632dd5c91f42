import { once } from 'node:events';
import { Inventory } from './inventory';
import type { Narrator } from './narrator';
import { PulumiProject } from './pulumi-project';
import { scenes } from './scenes';
import type { Stage } from './stage';
import type { StoryOptions } from './story';

/** What the CLI prints of the batch; the rest is how it talks. */
const TELLING = /DeviceBatch|checked|registered|collected|harbour-3|^ {4}[+-] \d|Duration/;

/** As `play`, with the Pulumi CLI. */
export async function playWithPulumi(
  stage: Stage,
  { count, keep }: StoryOptions,
  narrator: Narrator,
  signal: AbortSignal,
): Promise<void> {
  const { things } = scenes[stage.scene];
  const project = await PulumiProject.open(stage, narrator, {
    onLine: (line) => narrator.quote(line, TELLING.test(line)),
    signal,
  });
  const inventory = new Inventory(stage);

  await project.init('town', { count: String(count) });
  await narrator.step(
    `pulumi up: ${count} ${things} as one resource of a stack`,
    () => project.execute('up', 'town'),
    requireSuccess,
  );
  const outputs = await project.outputs();
  const names = outputs.deviceNames as string[];
  narrator.list(Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, asText(value)])));
  await inventory.ask(narrator, names);

  await narrator.step('somebody registers harbour-3 by hand', () => inventory.registerByHand('harbour-3'));
  await project.init('harbour', { names: 'harbour-1,harbour-2,harbour-3,harbour-4' });
  await narrator.step(
    'pulumi up: another stack, with harbour-1 to harbour-4, which must fail',
    () => project.execute('up', 'harbour'),
    ({ code }) => {
      if (code === 0) throw new Error('it was deployed, although harbour-3 exists');
      return 'it failed, as it should';
    },
  );
  await inventory.ask(narrator, [...names, 'harbour-3'], ': of what failed, nothing is left');

  if (keep) {
    narrator.say(howToPlay(stage, project));
    await once(signal, 'abort');
    return;
  }
  await narrator.step(`pulumi destroy: the ${things}`, () => project.execute('destroy', 'town'), requireSuccess);
  await narrator.step('pulumi destroy: what failed', () => project.execute('destroy', 'harbour'), requireSuccess);
  await inventory.ask(narrator, ['harbour-3'], ', which was never ours');
}

function requireSuccess({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): string {
  if (code !== 0) throw new Error(`pulumi failed:\n${stdout}\n${stderr}`);
  return '';
}

const asText = (value: unknown): string =>
  Array.isArray(value) ? value.join(',') : typeof value === 'string' ? value : JSON.stringify(value);

/** What to paste into another terminal. */
function howToPlay(stage: Stage, project: PulumiProject): string {
  const exports = Object.entries(project.environment).map(([name, value]) => `  export ${name}='${value}'`);
  return `The cloud stays until you press Ctrl-C here. In another terminal:

  cd ${project.folder}
${exports.join('\n')}
  pulumi stack select town && pulumi config set count 60 && pulumi up
  curl ${stage.cloud.url}/_emulator/${stage.scene}/devices
`;
}
