import { join } from 'node:path';
import type { CdkOptions } from '../../../local-aws';
import { REPOSITORY } from '../../../local-aws/folders';
import type { Site } from './site';

/** What `examples/cdk/street-lights` is given by the environment, beside where the clouds are. */
export interface ExampleSettings {
  readonly stack: string;
  readonly secretName: string;
  readonly count?: number;
  readonly names?: readonly string[];
}

/** The example as it is, with settings from the environment, for the CDK CLI. */
export function example(site: Site, settings: ExampleSettings, onLine?: (line: string) => void): CdkOptions {
  const { cloud, folder } = site;
  const { stack, secretName, count, names } = settings;
  return {
    cwd: REPOSITORY,
    app: `"${process.execPath}" --import tsx examples/cdk/street-lights/app.ts`,
    output: join(folder, `${stack}.out`),
    onLine,
    env: {
      ALIYUN_ENDPOINT: cloud.url,
      ALIYUN_REGION: cloud.aliyun.region,
      ALIYUN_PRODUCT_KEY: cloud.aliyun.productKey,
      ALIYUN_SECRET_NAME: secretName,
      STACK_NAME: stack,
      ...(count !== undefined && { DEVICE_COUNT: String(count) }),
      ...(names && { DEVICE_NAMES: names.join(',') }),
    },
  };
}

/** The same, as it was synthesized before. */
export const synthesized = ({ output, ...others }: CdkOptions): CdkOptions => ({ ...others, app: output });
