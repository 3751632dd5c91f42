import { join } from 'node:path';
import { type RunningEmulator, startEmulator } from '../../../../emulator';
import type { DeviceBatchArgs } from '../../../../lib/pulumi';
import { run } from '../../../../local-aws';
import { REPOSITORY } from '../../../../local-aws/folders';
import type { TestedCloud } from '../../../support/tested-clouds';
import { succeeded, type Said } from './command';
import { Project, STACK, type ProjectOptions } from './project';

/** What a batch is like; the rest is as its user would leave it. */
export interface BatchSettings extends Partial<Omit<DeviceBatchArgs, 'cloud'>> {
  readonly devices: DeviceBatchArgs['devices'];
  /** @default the cloud's first */
  readonly product?: string;
}

export interface TownOptions extends Omit<ProjectOptions, 'environment'> {
  /** How long jobs take. @default 60 ms; a long time ends by `emulator.advance` */
  readonly createMs?: number;
  /** @default those of the vendor, in its own variables */
  readonly environment?: (town: Town) => NodeJS.ProcessEnv;
}

/** Batches by their names. */
export type Batches = Readonly<Record<string, BatchSettings>>;

/** A Pulumi stack of batches, and the IoT cloud that their devices are on. */
export class Town {
  project!: Project;

  static async open(cloud: TestedCloud, options: TownOptions = {}): Promise<Town> {
    const { createMs = 60, environment = (town: Town) => town.keys, ...rest } = options;
    const town = new Town(cloud, await startEmulator(cloud.emulator({ createMs })));
    try {
      town.project = await Project.open({ ...rest, environment: environment(town) });
    } catch (failure) {
      await town.close();
      throw failure;
    }
    return town;
  }

  private constructor(
    readonly cloud: TestedCloud,
    readonly running: RunningEmulator,
  ) {}

  get emulator() {
    return this.running.emulator;
  }

  /** The keys of the cloud as its vendor's tools look for them. */
  get keys(): NodeJS.ProcessEnv {
    const { aliyun, tencent } = this.running;
    return isAliyun(this.cloud)
      ? {
          ALIBABA_CLOUD_ACCESS_KEY_ID: aliyun.accessKeyId,
          ALIBABA_CLOUD_ACCESS_KEY_SECRET: aliyun.accessKeySecret,
        }
      : { TENCENTCLOUD_SECRET_ID: tencent.secretId, TENCENTCLOUD_SECRET_KEY: tencent.secretKey };
  }

  /** The arguments of a batch, as the program writes them. */
  args({ product, ...rest }: BatchSettings): DeviceBatchArgs {
    const cloud = this.cloud.product(this.emulator, product, this.running.url) as DeviceBatchArgs['cloud'];
    return { cloud, ...(this.cloud.options as object), ...rest };
  }

  /** Makes the program one with these batches. */
  async write(batches: Batches): Promise<void> {
    const lines = Object.entries(batches).map(
      ([name, settings]) =>
        `exports['${name}'] = outputsOf(new DeviceBatch('${name}', ${JSON.stringify(this.args(settings))}));`,
    );
    await this.project.write('index.js', [HEAD, ...lines].join('\n'));
  }

  /** `up` of these batches. */
  async up(batches: Batches, ...flags: string[]): Promise<Said> {
    await this.write(batches);
    return this.project.up(...flags);
  }

  /** The devices that there are, with their identities. */
  devices(product?: string): ReadonlyMap<string, string> {
    this.emulator.settle();
    return new Map(this.cloud.devices(this.emulator, product).map(({ name, identity }) => [name, identity]));
  }

  /** Sorted. */
  names(product?: string): string[] {
    return [...this.devices(product).keys()].sort();
  }

  /** How many jobs were told to create devices. */
  get registrations(): number {
    return this.#executed(this.cloud.operations.create);
  }

  /** How often it was asked how far a job is. */
  get looks(): number {
    return this.#executed(this.cloud.operations.status);
  }

  #executed(operation: string): number {
    const calls = this.emulator.journal.calls(operation);
    return calls.filter(({ executed, code }) => executed && code === undefined).length;
  }

  /** The names of all devices that were ever deleted, in that order. */
  get deletions(): string[] {
    this.emulator.settle();
    const events = this.emulator.journal.deviceEvents();
    return events.flatMap(({ event, deviceName }) => (event === 'deleted' ? [deviceName] : []));
  }

  /** Success means that everything agrees: the cloud and the outputs (I4). */
  async expectStands(name: string, names: readonly string[], product?: string): Promise<void> {
    const { [name]: outputs } = await this.project.outputs();
    const { deviceNames, deviceCount, deviceSecrets, manifest } = outputs as Outputs;
    const devices = [...this.devices(product)].filter(([device]) => names.includes(device));

    expect(deviceNames).toEqual(names);
    expect(deviceCount).toBe(names.length);
    expect(devices).toHaveLength(names.length);
    const secrets = JSON.parse(deviceSecrets) as Record<string, { id: string }>;
    expect(new Map(Object.entries(secrets).map(([device, { id }]) => [device, id]))).toEqual(new Map(devices));
    for (const [device, identity] of devices) {
      expect(manifest).toContain(device);
      expect(manifest).toContain(identity);
    }
  }

  /** These devices are still there, the very same ones (I1). */
  expectKept(before: ReadonlyMap<string, string>): void {
    const now = this.devices();
    expect(new Map([...before.keys()].map((name) => [name, now.get(name)]))).toEqual(before);
  }

  /** `destroy`: no device is left, nor anything in the state, nor anything that is owed (I2). */
  async expectGone(...products: (string | undefined)[]): Promise<void> {
    succeeded(await this.project.destroy());
    expect(await this.project.resources()).toEqual([]);
    for (const product of [undefined, ...products]) expect(this.names(product)).toEqual([]);
  }

  /** `npx iot-device-batch settle` of the stack's journal, as its user types it. */
  async settle(...flags: string[]): Promise<Said> {
    const env = { PATH: process.env.PATH, ...this.keys };
    const folder = join(this.project.journalFolder, STACK);
    const { code, stdout, stderr } = await run(process.execPath, [CLI, 'settle', folder, '--env-keys', ...flags], {
      env,
    });
    return { code, stdout, text: `${stdout}\n${stderr}` };
  }

  /** Lets jobs end for as long as `work` takes. */
  async meanwhileJobsEnd<T>(work: Promise<T>): Promise<T> {
    const timer = setInterval(() => this.emulator.advance(HOUR), 200);
    try {
      return await work;
    } finally {
      clearInterval(timer);
    }
  }

  async close(): Promise<void> {
    await this.project?.close();
    await this.running.close();
  }
}

export interface Outputs {
  readonly deviceNames: readonly string[];
  readonly deviceCount: number;
  readonly batchId: string;
  readonly jobIds: readonly string[];
  readonly manifest: string;
  readonly deviceSecrets: string;
}

const CLI = join(REPOSITORY, 'dist/bin/iot-device-batch.js');
const HOUR = 3_600_000;

export const isAliyun = ({ operations }: TestedCloud): boolean => operations.create.startsWith('Batch');

export const sequence = (prefix: string, count: number, start = 1) => ({ sequence: { prefix, count, start } });

const HEAD = `
const { DeviceBatch } = require('iot-device-batch/pulumi');
const outputsOf = ({ deviceNames, deviceCount, batchId, jobIds, manifest, deviceSecrets }) =>
  ({ deviceNames, deviceCount, batchId, jobIds, manifest, deviceSecrets });
`;
