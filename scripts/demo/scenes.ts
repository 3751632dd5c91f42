import type { RunningEmulator } from '../../emulator';

/** What is told on a cloud: an example of `examples/cdk` and of `examples/pulumi`, and how a user of that cloud gets there. */
export interface Scene {
  readonly example: string;
  /** The example's stack. */
  readonly stack: string;
  /** What its devices are. */
  readonly things: string;
  /** How many of them the example has. */
  readonly count: number;
  /** The name of the secret that holds the keys to the cloud. */
  readonly secretName: string;
  /** What the example's settings are called in the environment: `ALIYUN_ENDPOINT`. */
  readonly settings: (cloud: RunningEmulator) => Record<string, string>;
  /** … and in the configuration of a Pulumi stack. */
  readonly config: (cloud: RunningEmulator) => Record<string, string>;
  /** The variables in which the vendor's tools look for the keys. */
  readonly variables: (cloud: RunningEmulator) => Record<string, string>;
  /** The keys to the cloud, under its vendor's names. */
  readonly keys: (cloud: RunningEmulator) => Record<string, string>;
  /** A device of the product that the example uses, as the emulator's admin API takes it. */
  readonly deviceOf: (cloud: RunningEmulator, deviceName: string) => object;
}

export type SceneName = keyof typeof scenes;

/** By the names of the clouds. */
export const scenes = {
  aliyun: {
    example: 'street-lights',
    stack: 'StreetLights',
    things: 'street lights',
    count: 500,
    secretName: 'iot/aliyun-keys',
    settings: ({ url, aliyun }) => ({
      ALIYUN_ENDPOINT: url,
      ALIYUN_REGION: aliyun.region,
      ALIYUN_PRODUCT_KEY: aliyun.productKey,
      ALIYUN_SECRET_NAME: 'iot/aliyun-keys',
    }),
    config: ({ url, aliyun: { region, productKey } }) => ({ endpoint: url, region, productKey }),
    variables: ({ aliyun }) => ({
      ALIBABA_CLOUD_ACCESS_KEY_ID: aliyun.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: aliyun.accessKeySecret,
    }),
    keys: ({ aliyun: { accessKeyId, accessKeySecret } }) => ({ accessKeyId, accessKeySecret }),
    deviceOf: ({ aliyun: { productKey } }, deviceName) => ({ productKey, deviceName }),
  },
  tencent: {
    example: 'water-meters',
    stack: 'WaterMeters',
    things: 'water meters',
    count: 250,
    secretName: 'iot/tencent-keys',
    settings: ({ url, tencent }) => ({
      TENCENT_ENDPOINT: url,
      TENCENT_PRODUCT_ID: tencent.productId,
      TENCENT_SECRET_NAME: 'iot/tencent-keys',
    }),
    config: ({ url, tencent: { productId } }) => ({ endpoint: url, productId }),
    variables: ({ tencent }) => ({
      TENCENTCLOUD_SECRET_ID: tencent.secretId,
      TENCENTCLOUD_SECRET_KEY: tencent.secretKey,
    }),
    keys: ({ tencent: { secretId, secretKey } }) => ({ SecretId: secretId, SecretKey: secretKey }),
    deviceOf: ({ tencent: { productId } }, deviceName) => ({ productId, deviceName }),
  },
} as const satisfies Record<string, Scene>;
