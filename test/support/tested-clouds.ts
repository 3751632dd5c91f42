import type { EmulatorOptions, IotEmulator } from '../../emulator';
import type { BatchOptions, CloudReference, TencentApiVersion } from '../../lib/batch/contract';
import { FLIGHT_MS } from '../../lib/batch/start-job';

/** A cloud that the engine is tested on, from both sides: how a batch refers to it, and what its emulator has. */
export interface TestedCloud {
  name: string;
  /** What the emulator has to be started with. */
  emulator(jobs: JobSetting): EmulatorOptions;
  /** `devices`: later ones of a name from earlier ones, and whether they have connected. `secrets`: again, when asked later. */
  tells: { devices: boolean; secrets: boolean };
  /** The first product, or another one, at the address of a world without sockets or another one. */
  product(emulator: IotEmulator, id?: string, endpoint?: string): CloudReference;
  /** What every batch needs there. */
  options?: Partial<BatchOptions>;
  /** What a batch needs that adopts devices: their secrets cannot be read everywhere. */
  adopting: Partial<BatchOptions>;
  /** Names that were registered twice, or while an earlier call for them might still have arrived (I3). */
  doubles(emulator: IotEmulator): string[];
  /** Keys as they stand in a secret. */
  keys(emulator: IotEmulator): unknown;
  /** `identity`: as the record should have it. */
  devices(emulator: IotEmulator, productId?: string): { name: string; identity: string }[];
  seed(emulator: IotEmulator, seed: { devices?: string[]; product?: string; denied?: string[] }): void;
  connect(emulator: IotEmulator, name: string): void;
  delete(emulator: IotEmulator, name: string): void;
  secrets(emulator: IotEmulator): readonly string[];
  /** What should be kept of the devices that exist. */
  secretLines(emulator: IotEmulator): Record<string, string | undefined>[];
  /** The ids of all jobs that were ever opened. */
  jobs(emulator: IotEmulator): string[];
  /** Jobs that begin from now on take so long. */
  setJobTime(emulator: IotEmulator, createMs: number): void;
  /** What its operations are called. `open`: the first call for names that are new. */
  operations: { open: string; create: string; status: string; collect: string; lookUp: string; delete: string };
  /** The codes of a product that does not exist, a device that cannot be deleted, and a call that is not allowed. */
  codes: { missingProduct: string; undeletable: string; denied: string };
}

/** How long jobs take, and how long they are known, in milliseconds. */
export interface JobSetting {
  createMs?: number;
  lifeMs?: number;
}

/** Defines a test only where it applies. */
export function where(applies: boolean): (name: string, run: () => Promise<void>) => void {
  return applies ? it : () => undefined;
}

const ENDPOINT = 'http://emulator.test';

export const aliyun: TestedCloud = {
  name: 'Alibaba Cloud',
  emulator: ({ createMs, lifeMs }) => ({
    aliyun: {
      ...(createMs !== undefined && { durations: { checkMs: 1_000, createMs, createPerDeviceMs: 0 } }),
      ...(lifeMs !== undefined && { assumptions: { applyIdRetentionMs: lifeMs } }),
    },
  }),
  tells: { devices: true, secrets: true },
  adopting: { onExisting: 'adopt' },
  doubles: ({ journal }) => {
    const started = journal
      .calls('BatchRegisterDeviceWithApplyId')
      .filter(({ executed, code }) => executed && !code)
      .map(({ parameters }) => String(parameters.ApplyId));
    const created = journal.deviceEvents().filter(({ event }) => event === 'created');
    return [...repeated(started), ...repeated(created.map(fullName))];
  },
  product: ({ aliyun: { region, productKey } }, id = productKey, endpoint = ENDPOINT) => ({
    aliyun: { region, productKey: id, endpoint },
  }),
  keys: (emulator) => emulator.aliyun.accessKey,
  devices: (emulator, productKey) =>
    emulator.aliyun.devices(productKey).map(({ deviceName: name, iotId: identity }) => ({ name, identity })),
  seed: ({ aliyun: cloud }, { devices = [], product, denied }) =>
    cloud.seed({
      devices: devices.map((deviceName) => ({ productKey: cloud.productKey, deviceName })),
      ...(product !== undefined && { products: [{ productKey: product }] }),
      ...(denied && { keys: [{ ...cloud.accessKey, denied }] }),
    }),
  connect: (emulator, name) => emulator.aliyun.connect(name),
  delete: (emulator, name) => emulator.aliyun.deleteDevice(name),
  secrets: (emulator) => emulator.aliyun.platform.issuedSecrets(),
  secretLines: (emulator) =>
    emulator.aliyun.devices().map(({ deviceName, iotId, deviceSecret }) => {
      return { name: deviceName, id: iotId, DeviceSecret: deviceSecret };
    }),
  jobs: (emulator) => emulator.aliyun.platform.listApplications().map(({ applyId }) => String(applyId)),
  setJobTime: ({ aliyun: { durations } }, createMs) => Object.assign(durations, { createMs }),
  operations: {
    open: 'BatchCheckDeviceNames',
    create: 'BatchRegisterDeviceWithApplyId',
    status: 'QueryBatchRegisterDeviceStatus',
    collect: 'QueryPageByApplyId',
    lookUp: 'BatchQueryDeviceDetail',
    delete: 'DeleteDevice',
  },
  codes: {
    missingProduct: 'iot.prod.NotExistedProduct',
    undeletable: 'iot.device.RemoveTopoRelationFailed',
    denied: 'NoPermission',
  },
};

export const certificates = tencent('3.0', 'certificate');
export const preSharedKeys = tencent('3.0', 'psk');
export const legacy = tencent('2.0', 'psk');

export const tencents = [certificates, preSharedKeys, legacy];
export const testedClouds = [aliyun, ...tencents];

function repeated(all: readonly string[]): string[] {
  return all.filter((one, i) => all.indexOf(one) < i);
}

/** A name with its product's id. */
export function fullName({ productKey, deviceName }: { productKey: string; deviceName: string }): string {
  return `${productKey}/${deviceName}`;
}

function tencent(apiVersion: TencentApiVersion, encryption: 'certificate' | 'psk'): TestedCloud {
  const isLegacy = apiVersion === '2.0';
  return {
    name: `Tencent Cloud by API ${apiVersion}, ${encryption === 'psk' ? 'with pre-shared keys' : 'with certificates'}`,
    emulator: ({ createMs, lifeMs }) => ({
      tencent: {
        product: { encryption },
        durations: {
          ...(createMs !== undefined && { createMs, createPerDeviceMs: 0 }),
          ...(lifeMs !== undefined && { taskLifeMs: lifeMs }),
        },
      },
    }),
    tells: { devices: !isLegacy, secrets: !isLegacy && encryption === 'psk' },
    // It cannot tell whether a device has ever connected.
    ...(isLegacy && { options: { deleteActivated: true } }),
    adopting: { onExisting: 'adopt', ...((isLegacy || encryption === 'certificate') && { deviceCredentials: 'none' }) },
    doubles: ({ tencent: { hub } }) => {
      const latest = new Map<string, number>();
      const doubles: string[] = [];
      for (const { productId, names, createdAt, results } of hub.tasks.list()) {
        const made = new Set(results.filter(({ result }) => result === 0).map(({ deviceName }) => deviceName));
        for (const deviceName of names) {
          const name = fullName({ productKey: productId, deviceName });
          if (createdAt - (latest.get(name) ?? -Infinity) < FLIGHT_MS) doubles.push(name);
          if (made.has(deviceName)) latest.set(name, createdAt);
        }
      }
      return doubles;
    },
    product: ({ tencent: cloud }, productId = cloud.productId, endpoint = ENDPOINT) => ({
      tencent: { productId, apiVersion, endpoint },
    }),
    keys: ({ tencent: { apiKey } }) => ({ SecretId: apiKey.secretId, SecretKey: apiKey.secretKey }),
    devices: (emulator, productId) =>
      emulator.tencent
        .devices(productId)
        .map(({ deviceName: name, identity }) => ({ name, identity: isLegacy ? `name:${name}` : identity })),
    seed: ({ tencent: cloud }, { devices = [], product, denied }) =>
      cloud.seed({
        devices: devices.map((deviceName) => ({ productId: cloud.productId, deviceName })),
        ...(product !== undefined && { products: [{ productId: product, encryption }] }),
        ...(denied && { keys: [{ ...cloud.apiKey, denied }] }),
      }),
    connect: (emulator, name) => emulator.tencent.connect(name),
    delete: (emulator, name) => emulator.tencent.deleteDevice(name),
    secrets: (emulator) => emulator.tencent.hub.issuedSecrets(),
    secretLines: ({ tencent: cloud }) => {
      const results = cloud.hub.tasks.list().flatMap((task) => task.results);
      const privateKeys = new Map(results.map(({ device, privateKey }) => [device?.identity, privateKey]));
      return cloud.devices().map(({ deviceName: name, identity, credential }) => ({
        name,
        id: isLegacy ? `name:${name}` : identity,
        ...('psk' in credential
          ? { DevicePsk: credential.psk }
          : { DeviceCert: credential.certificate, DevicePrivateKey: privateKeys.get(identity) }),
      }));
    },
    jobs: (emulator) => emulator.tencent.hub.tasks.list().map(({ taskId }) => taskId),
    setJobTime: ({ tencent: { durations } }, createMs) => Object.assign(durations, { createMs }),
    operations: {
      open: 'CreateMultiDevice',
      create: 'CreateMultiDevice',
      status: isLegacy ? 'GetCreateMultiDevTask' : 'DescribeMultiDevTask',
      collect: isLegacy ? 'GetMultiDevices' : 'DescribeMultiDevices',
      lookUp: isLegacy ? 'ListDevices' : 'DescribeDevices',
      delete: 'DeleteDevice',
    },
    codes: isLegacy
      ? { missingProduct: '1004', undeletable: '2999', denied: '4103' }
      : {
          missingProduct: 'ResourceNotFound.ProductNotExist',
          undeletable: 'UnauthorizedOperation.DeviceHasAlreadyBindGateway',
          denied: 'AuthFailure.UnauthorizedOperation',
        },
  };
}
