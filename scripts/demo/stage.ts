import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningEmulator, startEmulator } from '../../emulator';
import { type LocalAws, startLocalAws } from '../../local-aws';
import type { Narrator } from './narrator';
import { type SceneName, scenes } from './scenes';

/** An IoT cloud on this machine. */
export interface Stage {
  readonly cloud: RunningEmulator;
  readonly scene: SceneName;
  /** A folder for what is written meanwhile. */
  readonly folder: string;
  close(): Promise<void>;
}

/** … and an AWS that has the keys to it. */
export interface AwsStage extends Stage {
  readonly aws: LocalAws;
}

/** Opens all of it or, if something fails or `signal` says so, nothing. */
export function openStage(scene: SceneName, narrator: Narrator): Promise<Stage> {
  return allOrNothing((closers) => openCloud(scene, narrator, closers));
}

/** As `openStage`. */
export function openAwsStage(scene: SceneName, narrator: Narrator, signal: AbortSignal): Promise<AwsStage> {
  return allOrNothing(async (closers) => {
    const opened = await openCloud(scene, narrator, closers);
    const starting = () => startLocalAws({ say: (line) => narrator.quote(line), signal });
    const aws = await narrator.step('start an AWS: MiniStack', starting, ({ url }) => url);
    closers.push(() => aws.stop());

    const { secretName, keys } = scenes[scene];
    await narrator.step("put the IoT cloud's keys into AWS Secrets Manager", () =>
      putKeys(aws, secretName, keys(opened.cloud)),
    );
    return { ...opened, aws };
  });
}

type Closers = (() => Promise<void>)[];

async function openCloud(scene: SceneName, narrator: Narrator, closers: Closers) {
  const folder = await mkdtemp(join(tmpdir(), 'iot-device-batch-demo-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const cloud = await narrator.step(
    'start an IoT cloud: our emulator',
    () => startEmulator(),
    ({ url }) => url,
  );
  closers.push(() => cloud.close());
  return { scene, cloud, folder };
}

async function allOrNothing<T>(open: (closers: Closers) => Promise<T>): Promise<T & Pick<Stage, 'close'>> {
  const closers: Closers = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    return { ...(await open(closers)), close };
  } catch (failure) {
    await close();
    throw failure;
  }
}

/** By hand, as a user does: keys have no place in a template. */
async function putKeys(aws: LocalAws, Name: string, keys: Readonly<Record<string, string>>): Promise<void> {
  const SecretString = JSON.stringify(keys);
  await new SecretsManagerClient(aws.client).send(new CreateSecretCommand({ Name, SecretString }));
}
