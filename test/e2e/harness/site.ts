import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { App, Stack as CdkStack } from 'aws-cdk-lib';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningEmulator, startEmulator } from '../../../emulator';
import { awsOfEnvironment, cdk, CdkFailed, startLocalAws, type Aws, type LocalAws } from '../../../local-aws';
import type { Template } from './stack';

export interface SiteOptions {
  /** Refuses what a role's policies do not allow. Only an AWS of our own can. @default false */
  readonly enforceIam?: boolean;
}

/** Jobs at the IoT cloud are over before anybody has asked twice. Its rates are the documented ones. */
const DURATIONS = {
  aliyun: { checkMs: 30, createMs: 60, createPerDeviceMs: 0 },
  tencent: { startMs: 30, createMs: 60, createPerDeviceMs: 0 },
};

/** An AWS, an IoT cloud that it can reach, and a folder for what is written meanwhile. */
export class Site {
  readonly #closers: (() => Promise<void>)[] = [];
  #published: Promise<void> | undefined;

  /** Opens all of it or, if something fails, nothing. */
  static async open(options: SiteOptions = {}): Promise<Site> {
    const closers: (() => Promise<void>)[] = [];
    try {
      const folder = await mkdtemp(join(tmpdir(), 'e2e-site-'));
      closers.push(() => rm(folder, { recursive: true, force: true }));
      const cloud = await startEmulator({
        aliyun: { durations: DURATIONS.aliyun },
        tencent: { durations: DURATIONS.tencent },
      });
      closers.push(() => cloud.close());
      const given = options.enforceIam ? undefined : awsOfEnvironment();
      const own = given ? undefined : await startLocalAws(options);
      if (own) closers.push(() => own.stop());
      return new Site(given ?? own!, own, cloud, folder, closers);
    } catch (failure) {
      await closeAll(closers);
      throw failure;
    }
  }

  private constructor(
    readonly aws: Aws,
    /** The same AWS, if it is one that we started. */
    readonly ownAws: LocalAws | undefined,
    readonly cloud: RunningEmulator,
    readonly folder: string,
    closers: (() => Promise<void>)[],
  ) {
    this.#closers = closers;
  }

  close(): Promise<void> {
    return closeAll(this.#closers);
  }

  /** Puts keys to the IoT cloud into Secrets Manager, by hand, as a user does. Returns the ARN. */
  async putKeys(name: string, keys: Readonly<Record<string, string>> = this.keys): Promise<string> {
    const SecretString = JSON.stringify(keys);
    const { ARN } = await new SecretsManagerClient(this.aws.client).send(
      new CreateSecretCommand({ Name: name, SecretString }),
    );
    return ARN!;
  }

  /** Those that open Alibaba's cloud. */
  get keys(): Record<string, string> {
    const { accessKeyId, accessKeySecret } = this.cloud.aliyun;
    return { accessKeyId, accessKeySecret };
  }

  /** Those that open Tencent's. */
  get tencentKeys(): Record<string, string> {
    const { secretId, secretKey } = this.cloud.tencent;
    return { SecretId: secretId, SecretKey: secretKey };
  }

  /** The folder of an app with this one stack, synthesized: for the CDK CLI. */
  async synthesize(name: string, build: (stack: CdkStack) => void): Promise<string> {
    const app = new App({ outdir: await mkdtemp(join(this.folder, `${name}-`)) });
    build(new CdkStack(app, name));
    return app.synth().directory;
  }

  /**
   * The template of a stack that was synthesized, its assets published: ready for CloudFormation's API. The stacks of one
   * site are made of the same assets, so the CDK CLI publishes them once.
   */
  async template(name: string, directory: string): Promise<Template> {
    await (this.#published ??= this.#publish(directory));
    return JSON.parse(await readFile(join(directory, `${name}.template.json`), 'utf8')) as Template;
  }

  async #publish(app: string): Promise<void> {
    const args = ['publish-assets', '--all', '--unstable', 'publish-assets'];
    const result = await cdk(this.aws, args, { cwd: this.folder, app });
    if (result.code !== 0) throw new CdkFailed('publish-assets', result);
  }
}

async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}
