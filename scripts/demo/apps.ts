import { join } from 'node:path';
import type { CdkOptions } from '../../local-aws';
import { scenes } from './scenes';
import type { AwsStage } from './stage';

/** The scene's example as it is; its settings come from the environment. */
export const exampleApp = (stage: AwsStage, count: number): CdkOptions =>
  app(stage, { STACK_NAME: scenes[stage.scene].stack, DEVICE_COUNT: String(count) });

/** The same app with other devices. */
export const harbour = (stage: AwsStage): CdkOptions =>
  app(stage, { STACK_NAME: 'Harbour', DEVICE_NAMES: 'harbour-1,harbour-2,harbour-3,harbour-4' });

/** The same, as it was synthesized before. */
export const synthesized = ({ output, ...others }: CdkOptions): CdkOptions => ({ ...others, app: output });

function app(stage: AwsStage, settings: Readonly<Record<string, string>>): CdkOptions {
  const scene = scenes[stage.scene];
  return {
    cwd: join(__dirname, '../..'),
    app: `"${process.execPath}" --import tsx examples/cdk/${scene.example}/app.ts`,
    output: join(stage.folder, settings.STACK_NAME!),
    env: { ...scene.settings(stage.cloud), ...settings },
  };
}
