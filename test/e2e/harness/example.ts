import { join } from 'node:path';
import type { CdkOptions } from '../../../local-aws';
import { REPOSITORY } from '../../../local-aws/folders';
import type { Site } from './site';

/** What an example is given by the environment, beside where the clouds are. */
export interface ExampleSettings {
  /** A folder of `examples/cdk`. @default 'street-lights' */
  readonly example?: 'street-lights' | 'water-meters';
  readonly stack: string;
  readonly secretName: string;
  readonly count?: number;
  readonly names?: readonly string[];
  /** Tencent's. */
  readonly apiVersion?: string;
  /** Tencent's. @default the one that is there from the start */
  readonly productId?: string;
}

/** The example as it is, with settings from the environment, for the CDK CLI. */
export function example(site: Site, settings: ExampleSettings, onLine?: (line: string) => void): CdkOptions {
  const { cloud, folder } = site;
  const { example: name = 'street-lights', stack, secretName, count, names, apiVersion, productId } = settings;
  return {
    cwd: REPOSITORY,
    app: `"${process.execPath}" --import tsx examples/cdk/${name}/app.ts`,
    output: join(folder, `${stack}.out`),
    onLine,
    env: {
      ALIYUN_ENDPOINT: cloud.url,
      ALIYUN_REGION: cloud.aliyun.region,
      ALIYUN_PRODUCT_KEY: cloud.aliyun.productKey,
      ALIYUN_SECRET_NAME: secretName,
      TENCENT_ENDPOINT: cloud.url,
      TENCENT_PRODUCT_ID: productId ?? cloud.tencent.productId,
      TENCENT_SECRET_NAME: secretName,
      STACK_NAME: stack,
      ...(apiVersion !== undefined && { TENCENT_API_VERSION: apiVersion }),
      ...(count !== undefined && { DEVICE_COUNT: String(count) }),
      ...(names && { DEVICE_NAMES: names.join(',') }),
    },
  };
}

/** The same, as it was synthesized before. */
export const synthesized = ({ output, ...others }: CdkOptions): CdkOptions => ({ ...others, app: output });
