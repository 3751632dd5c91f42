import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningEmulator, startEmulator } from '../../emulator';
import { type LocalAws, startLocalAws } from '../../local-aws';
import type { Narrator } from './narrator';
import { type SceneName, scenes } from './scenes';

/** An IoT cloud and an AWS that has the keys to it, both on this machine. */
export interface Stage {
  readonly cloud: RunningEmulator;
  readonly aws: LocalAws;
  readonly scene: SceneName;
  /** A folder for what is written meanwhile. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Opens all of it or, if something fails or `signal` says so, nothing. */
export async function openStage(scene: SceneName, narrator: Narrator, signal: AbortSignal): Promise<Stage> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'iot-device-batch-demo-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));

    const cloud = await narrator.step(
      'start an IoT cloud: our emulator',
      () => startEmulator(),
      ({ url }) => url,
    );
    closers.push(() => cloud.close());

    const starting = () => startLocalAws({ say: (line) => narrator.quote(line), signal });
    const aws = await narrator.step('start an AWS: MiniStack', starting, ({ url }) => url);
    closers.push(() => aws.stop());

    const { secretName, keys } = scenes[scene];
    await narrator.step("put the IoT cloud's keys into AWS Secrets Manager", () =>
      putKeys(aws, secretName, keys(cloud)),
    );
    return { scene, cloud, aws, folder, close };
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
