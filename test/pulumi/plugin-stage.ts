import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmulator, type RunningEmulator } from '../../emulator';
import { PulumiPlugin, type Properties } from '../support/pulumi-plugin';
import { linkPackages, registered } from '../support/pulumi-program';
import type { TestedCloud } from '../support/tested-clouds';

/** The folder of a program with one batch of five, and the processes that Pulumi runs its provider in, one after another. */
export class PluginStage {
  readonly five = ['light-001', 'light-002', 'light-003', 'light-004', 'light-005'];
  private emulator!: RunningEmulator;
  private plugins: PulumiPlugin[] = [];
  /** How much later it is for the cloud, and for processes that start from now on, than for the test. */
  private laterMs = 0;

  static async open(cloud: TestedCloud): Promise<PluginStage> {
    const folder = await mkdtemp(join(tmpdir(), 'pulumi-killed-'));
    await linkPackages(folder);
    await writeFile(join(folder, 'later.cjs'), LATER);
    const [resource] = await registered(
      folder,
      `new (require('iot-device-batch/pulumi').DeviceBatch)('lights', {
        cloud: {},
        devices: { sequence: { prefix: 'light-', count: 5 } },
      });`,
    );
    return new PluginStage(cloud, folder, resource!.inputs);
  }

  private constructor(
    private readonly cloud: TestedCloud,
    private readonly folder: string,
    private registration: Properties,
  ) {}

  /** Another cloud and journal for each test. */
  async begin(): Promise<void> {
    this.laterMs = 0;
    const clock = { now: () => Date.now() + this.laterMs };
    this.emulator = await startEmulator({ ...this.cloud.emulator({ createMs: 2_000 }), rates: false, clock });
    const cloud = this.cloud.product(this.core, undefined, this.emulator.url);
    this.registration = {
      ...this.registration,
      ...(this.cloud.options as object),
      cloud: JSON.parse(JSON.stringify(cloud)) as unknown,
    };
  }

  async end(): Promise<void> {
    for (const plugin of this.plugins.splice(0)) await plugin.end('SIGKILL');
    await this.emulator.close();
    await rm(join(this.folder, '.iot-device-batch'), { recursive: true, force: true });
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  get core() {
    return this.emulator.emulator;
  }

  /** Nobody looks for so long. */
  pass(ms: number): void {
    this.laterMs += ms;
  }

  /** The program has another version of the package from now on, whose provider is this text. */
  async upgrade(provider: string): Promise<void> {
    const folder = join(this.folder, 'node_modules/iot-device-batch');
    await rm(folder);
    await mkdir(folder);
    const description = {
      name: 'iot-device-batch',
      version: '999.0.0',
      exports: { './pulumi/provider': './provider.js' },
    };
    await writeFile(join(folder, 'package.json'), JSON.stringify(description));
    await writeFile(join(folder, 'provider.js'), provider);
  }

  async start(): Promise<PulumiPlugin> {
    const { aliyun: key, tencent } = this.emulator;
    const environment = {
      PATH: process.env.PATH,
      NODE_OPTIONS: '--require ./later.cjs',
      LATER_MS: String(this.laterMs),
      ALIBABA_CLOUD_ACCESS_KEY_ID: key.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: key.accessKeySecret,
      TENCENTCLOUD_SECRET_ID: tencent.secretId,
      TENCENTCLOUD_SECRET_KEY: tencent.secretKey,
    };
    const plugin = await PulumiPlugin.start(this.folder, { environment });
    this.plugins.push(plugin);
    return plugin;
  }

  /** The inputs that the process makes of the program's, which must be right. */
  async checked(plugin: PulumiPlugin, changes: Properties = {}, olds: Properties = {}): Promise<Properties> {
    const { inputs, failures } = await plugin.check({ ...this.registration, ...changes }, olds);
    expect(failures).toEqual([]);
    return inputs;
  }

  /** Sorted. */
  devices(): string[] {
    this.core.settle();
    return this.cloud
      .devices(this.core)
      .map(({ name }) => name)
      .sort();
  }

  /** How many jobs were started. */
  started(): number {
    return this.executed(this.cloud.operations.create);
  }

  /** The answer to the call that started a job is known by then: else it would have to be waited out, a minute and more. */
  followed(jobs: number): Promise<void> {
    return this.until(() => this.started() === jobs && this.executed(this.cloud.operations.status) > 0);
  }

  async until(holds: () => boolean): Promise<void> {
    for (const end = Date.now() + 20_000; !holds(); await sleep(10)) if (Date.now() > end) throw new Error('too long');
  }

  private executed(operation: string): number {
    return this.core.journal.calls(operation).filter(({ executed, code }) => executed && !code).length;
  }
}

/** Moves the clock of a process. */
const LATER = `
const Real = Date;
const later = Number(process.env.LATER_MS ?? 0);
globalThis.Date = class Date extends Real {
  constructor(...given) { if (given.length > 0) super(...given); else super(Real.now() + later); }
  static now() { return Real.now() + later; }
};
`;
