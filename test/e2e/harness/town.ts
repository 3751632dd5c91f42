import { S3Client } from '@aws-sdk/client-s3';
import { CfnOutput, Fn, type Stack as CdkStack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Store } from '../../../lib/stores/s3-store';
import { systemClock } from '../../../lib/batch';
import { readStatus, type BatchStatus } from '../../../lib/batch/status';
import { cdk, run, type RunResult } from '../../../local-aws';
import { REPOSITORY } from '../../../local-aws/folders';
import { DeviceBatch, DeviceCloud, Devices, type DeviceBatchProps } from '../../../lib';
import { Oracle } from './oracle';
import type { ScriptedResource } from './scripted-resource';
import type { Site } from './site';
import { Stack, type CreateOptions, type Ending, type Template } from './stack';
import { bucketsOf, parseUri, StoreContents } from './store';

/** What a batch of a town is like; the rest is as its user would leave it. */
export interface BatchSettings extends Partial<Omit<DeviceBatchProps, 'cloud' | 'devices'>> {
  readonly names: readonly string[];
  /** @default the town's */
  readonly productKey?: string;
  /** The ARN of the secret with the keys. @default the town's */
  readonly secret?: string;
  /** What else the batch is given, of things that lie in its stack. */
  readonly furnished?: (stack: CdkStack) => Partial<DeviceBatchProps>;
}

/** What the CDK CLI said, and what has become of the stack. */
export interface Said extends Ending {
  /** The CLI's exit code. */
  readonly code: number | null;
  /** All that it printed. */
  readonly text: string;
}

/** Batches by the ids of their constructs. */
export type Batches = Readonly<Record<string, BatchSettings>>;

/** A stack of batches that is driven by CloudFormation's API, and the product that its devices belong to. */
export class Town {
  readonly stack: Stack;
  readonly oracle: Oracle;
  /** The folder of the app as it was synthesized last. */
  #app: string | undefined;

  /** With a product of its own, so that towns can stand side by side. */
  constructor(
    readonly site: Site,
    readonly name: string,
    readonly secret: string,
    readonly productKey = newProduct(site, name),
    /** What the stack has besides its batches. */
    readonly furnish: (stack: CdkStack) => void = () => undefined,
  ) {
    this.stack = new Stack(site.aws, name);
    this.oracle = new Oracle(site.cloud, productKey);
  }

  /** The template of these batches, ready to be deployed. */
  async template(batches: Batches): Promise<Template> {
    return this.site.template(this.name, await this.#synthesize(batches));
  }

  async create(batches: Batches, change: Change = unchanged, options?: CreateOptions): Promise<Ending> {
    return this.stack.create(change(await this.template(batches)), options);
  }

  async update(batches: Batches, change: Change = unchanged): Promise<Ending> {
    return this.stack.update(change(await this.template(batches)));
  }

  /** `cdk deploy` of these batches, as their user types it. */
  async deploy(batches: Batches, ...flags: string[]): Promise<Said> {
    await this.#synthesize(batches);
    return this.cdk('deploy', '--require-approval', 'never', ...flags);
  }

  /** `cdk destroy`, and what else the CLI can do with the stack. */
  destroy(): Promise<Said> {
    return this.cdk('destroy', '--force');
  }

  async cdk(command: string, ...flags: string[]): Promise<Said> {
    const app = this.#app!;
    const { code, stdout, stderr } = await cdk(this.site.aws, [command, this.name, ...flags], { cwd: app, app });
    return { code, text: `${stdout}\n${stderr}`, ...(await this.stack.look()) };
  }

  /** Every file of the app as it was synthesized last: templates, manifests, and assets. */
  async assembly(): Promise<string[]> {
    const entries = await readdir(this.#app!, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    return Promise.all(files.map((file) => readFile(file, 'latin1')));
  }

  /** What the stack's bucket holds. */
  store(): Promise<StoreContents> {
    const { bucket } = parseUri(Object.values(this.stack.outputs).find((value) => value.startsWith('s3://'))!);
    return StoreContents.read(this.site.aws, bucket);
  }

  /** `npx iot-device-batch settle` of the stack's bucket, as its user types it. */
  async settle(...flags: string[]): Promise<RunResult> {
    const [bucket = ''] = await this.buckets();
    const env = { PATH: process.env.PATH, ...this.site.aws.environment };
    return run(process.execPath, [CLI, 'settle', `s3://${bucket}`, ...flags], { env });
  }

  /** What `iot-device-batch status` says of the stack's bucket. */
  async status(): Promise<BatchStatus[]> {
    const [bucket] = await this.buckets();
    const s3 = new S3Client(this.site.aws.client);
    return readStatus(new S3Store(s3, bucket!), systemClock);
  }

  /** Success means that everything agrees: cloud, outputs, manifest, credentials, and the record of what is owed (I4, I11). */
  async expectStands(id: string, names: readonly string[], oracle = this.oracle): Promise<void> {
    const { [`${id}Id`]: batchId = '', [`${id}Names`]: listed, [`${id}Manifest`]: manifest = '' } = this.stack.outputs;
    const devices = [...oracle.devices].filter(([name]) => names.includes(name));
    const store = await this.store();
    const secrets = this.site.cloud.emulator.aliyun
      .devices(oracle.product)
      .filter(({ deviceName }) => names.includes(deviceName))
      .map(({ deviceName, deviceSecret }) => `${deviceName} ${deviceSecret}`);

    expect(listed).toBe(names.join(','));
    expect(devices).toHaveLength(names.length);
    expect([...store.manifest(parseUri(manifest).key).keys()]).toEqual(names);
    expect(store.manifest(parseUri(manifest).key)).toEqual(new Map(devices));
    const kept = store.credentials(batchId).map(({ name, DeviceSecret }) => `${name} ${DeviceSecret}`);
    expect(kept.sort()).toEqual(secrets.sort());
    expect(store.generations(batchId)).toEqual([expect.stringMatching('^standing ')]);
    expect(store.keys(`manifests/${batchId}/`)).toEqual([parseUri(manifest).key]);
  }

  /** Deletes the stack: no device is left, and no bucket (I2). */
  async expectGone(): Promise<void> {
    expect(await this.stack.delete()).toMatchObject({ status: 'DELETE_COMPLETE', resources: [] });
    expect(this.oracle.names).toEqual([]);
    expect(await this.buckets()).toEqual([]);
  }

  async buckets(): Promise<string[]> {
    return (await bucketsOf(this.site.aws)).filter((name) => name.startsWith(`${this.name.toLowerCase()}-`));
  }

  async #synthesize(batches: Batches): Promise<string> {
    this.#app = await this.site.synthesize(this.name, (stack) => {
      this.furnish(stack);
      for (const [id, settings] of Object.entries(batches)) this.#add(stack, id, settings);
    });
    return this.#app;
  }

  #add(stack: CdkStack, id: string, settings: BatchSettings): void {
    const { names, productKey = this.productKey, secret = this.secret, furnished, ...props } = settings;
    const { url, aliyun } = this.site.cloud;
    const batch = new DeviceBatch(stack, id, {
      cloud: DeviceCloud.aliyun({
        region: aliyun.region,
        productKey,
        endpoint: url,
        credentials: Secret.fromSecretCompleteArn(stack, `${id}Keys`, secret),
      }),
      devices: Devices.named([...names]),
      ...props,
      ...furnished?.(stack),
    });
    new CfnOutput(stack, `${id}Names`, { value: Fn.join(',', batch.deviceNames) });
    new CfnOutput(stack, `${id}Id`, { value: batch.batchId });
    new CfnOutput(stack, `${id}Manifest`, { value: `s3://${batch.manifestBucket}/${batch.manifestKey}` });
  }
}

const CLI = join(REPOSITORY, 'dist/bin/iot-device-batch.js');

/** What is done to a template before it is deployed. */
export type Change = (template: Template) => Template;
const unchanged: Change = (template) => template;

/** Adds a resource that waits for the batches and whose answers the test decides. `version` changes it. */
export const withSibling =
  (scripted: ScriptedResource, version = 1): Change =>
  (template) => {
    const resources = template.Resources as Record<string, { Type: string }>;
    const batches = Object.keys(resources).filter((id) => resources[id]!.Type === 'Custom::IotDeviceBatch');
    const Sibling = { ...scripted.customResource({ version }), DependsOn: batches };
    return { ...template, Resources: { ...resources, Function: scripted.functionResource, Sibling } };
  };

/** Makes a product at the cloud. */
export function newProduct(site: Site, name: string): string {
  const productKey = `a1${name}`;
  site.cloud.emulator.aliyun.seed({ products: [{ productKey }] });
  return productKey;
}
