import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { RunningEmulator } from '../../../emulator';
import type { ExampleSettings } from './example';
import type { Site } from './site';
import type { CredentialLine } from './store';

/** A cloud with the example that uses it. */
export interface ExampleCloud {
  readonly settings: Pick<ExampleSettings, 'example' | 'stack' | 'secretName' | 'apiVersion' | 'productId'>;
  /** What the names of its devices begin with, how many there are, and how many jobs that takes. */
  readonly prefix: string;
  readonly count: number;
  readonly jobs: number;
  readonly product: (cloud: RunningEmulator) => string;
  /** Makes the product, where it is not there from the start. */
  readonly prepare?: (cloud: RunningEmulator) => void;
  readonly keys: (site: Site) => Record<string, string>;
  /** Registers a device by hand. */
  readonly seed: (cloud: RunningEmulator, deviceName: string) => void;
  /** The identity of a device as the manifest has it, by name and what the cloud says. */
  readonly recorded: (name: string, identity: string) => string;
  /** Whether a line has the secrets of the device of its name, as the cloud has them. */
  readonly opens: (cloud: RunningEmulator, line: CredentialLine) => boolean;
}

export const streetLights: ExampleCloud = {
  settings: { example: 'street-lights', stack: 'StreetLights', secretName: 'iot/aliyun-keys' },
  prefix: 'light-',
  count: 500,
  jobs: 1,
  product: (cloud) => cloud.aliyun.productKey,
  keys: (site) => site.keys,
  seed: ({ emulator, aliyun: { productKey } }, deviceName) =>
    emulator.aliyun.seed({ devices: [{ productKey, deviceName }] }),
  recorded: (_name, identity) => identity,
  opens: ({ emulator }, line) =>
    emulator.aliyun
      .devices()
      .some(({ deviceName, deviceSecret }) => deviceName === line.name && deviceSecret === line.DeviceSecret),
};

/** Of a product with certificates. */
export const waterMeters: ExampleCloud = {
  settings: { example: 'water-meters', stack: 'WaterMeters', secretName: 'iot/tencent-keys' },
  prefix: 'meter-',
  count: 250,
  jobs: 3,
  product: (cloud) => cloud.tencent.productId,
  keys: (site) => site.tencentKeys,
  seed: ({ emulator, tencent: { productId } }, deviceName) =>
    emulator.tencent.seed({ devices: [{ productId, deviceName }] }),
  recorded: (_name, identity) => identity,
  opens: ({ emulator, tencent }, { name, DeviceCert = '', DevicePrivateKey = '' }) => {
    const device = emulator.tencent.devices(tencent.productId).find(({ deviceName }) => deviceName === name);
    const isItsCertificate =
      device && 'certificate' in device.credential && device.credential.certificate === DeviceCert;
    return (
      Boolean(isItsCertificate) && new X509Certificate(DeviceCert).checkPrivateKey(createPrivateKey(DevicePrivateKey))
    );
  },
};

const METERS_WITH_KEYS = 'METERSPSK1';

/** By the legacy API, of a product with pre-shared keys. */
export const legacyWaterMeters: ExampleCloud = {
  ...waterMeters,
  settings: {
    ...waterMeters.settings,
    stack: 'LegacyMeters',
    secretName: 'iot/tencent-legacy-keys',
    apiVersion: '2.0',
    productId: METERS_WITH_KEYS,
  },
  product: () => METERS_WITH_KEYS,
  prepare: ({ emulator }) => emulator.tencent.seed({ products: [{ productId: METERS_WITH_KEYS, encryption: 'psk' }] }),
  seed: ({ emulator }, deviceName) => emulator.tencent.seed({ devices: [{ productId: METERS_WITH_KEYS, deviceName }] }),
  recorded: (name) => `name:${name}`,
  opens: ({ emulator }, { name, DevicePsk }) => {
    const device = emulator.tencent.devices(METERS_WITH_KEYS).find(({ deviceName }) => deviceName === name);
    return Boolean(device && 'psk' in device.credential && device.credential.psk === DevicePsk);
  },
};
