import { join } from 'node:path';
import type { CdkOptions } from '../../local-aws';
import type { Stage } from './stage';

/** `examples/cdk/street-lights` as it is; its settings come from the environment. */
export const streetLights = (stage: Stage, count: number): CdkOptions =>
  example(stage, { STACK_NAME: 'StreetLights', DEVICE_COUNT: String(count) });

/** The same app with other devices. */
export const harbour = (stage: Stage): CdkOptions =>
  example(stage, { STACK_NAME: 'Harbour', DEVICE_NAMES: 'harbour-1,harbour-2,harbour-3,harbour-4' });

/** The same, as it was synthesized before. */
export const synthesized = ({ output, ...others }: CdkOptions): CdkOptions => ({ ...others, app: output });

/** What tells the example where the clouds are. */
export function settingsOfExample({ cloud, secretName }: Stage): Record<string, string> {
  return {
    ALIYUN_ENDPOINT: cloud.url,
    ALIYUN_REGION: cloud.aliyun.region,
    ALIYUN_PRODUCT_KEY: cloud.aliyun.productKey,
    ALIYUN_SECRET_NAME: secretName,
  };
}

function example(stage: Stage, settings: Readonly<Record<string, string>>): CdkOptions {
  return {
    cwd: join(__dirname, '../..'),
    app: `"${process.execPath}" --import tsx examples/cdk/street-lights/app.ts`,
    output: join(stage.folder, settings.STACK_NAME!),
    env: { ...settingsOfExample(stage), ...settings },
  };
}
