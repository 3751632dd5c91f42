import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type IotEmulator, type RunningEmulator } from '../../emulator';
import type { Inputs } from '../../lib/pulumi/inputs';
import * as provider from '../../lib/pulumi/provider';
import type { Outputs } from '../../lib/pulumi/state';
import type { TestedCloud } from '../support/tested-clouds';

/** The URN of a batch in the program. */
export const urnOf = (name: string) =>
  `urn:pulumi:dev::town::pulumi-nodejs:dynamic/iot-device-batch:DeviceBatch::${name}`;

/** A product besides that of the stage. */
export const OTHER = 'OtherProduct1';

/** A resource as Pulumi's state has it. */
interface Resource {
  id: string;
  inputs: Inputs;
  outputs: Outputs;
  /** An operation has failed and left it behind. */
  failed?: boolean;
}

/**
 * One resource's life as Pulumi's engine leads it: `up` asks for check, diff and then create, update or a replacement, `refresh` for
 * read. What goes over the wire there goes through JSON here. The emulator is behind real HTTP.
 */
export class Stage {
  state?: Resource;
  /** Old resources that a replacement could not delete. */
  pending: Resource[] = [];

  private readonly lines: string[] = [];

  private constructor(
    readonly emulator: RunningEmulator,
    readonly cloud: TestedCloud,
    readonly folder: string,
  ) {}

  static async set(cloud: TestedCloud): Promise<Stage> {
    const emulator = await startEmulator({ ...cloud.emulator({}), speed: 200, rates: false });
    setKeys(emulator);
    const stage = new Stage(emulator, cloud, mkdtempSync(join(tmpdir(), 'pulumi-')));
    jest.spyOn(console, 'log').mockImplementation((line: string) => void stage.lines.push(line));
    return stage;
  }

  get core(): IotEmulator {
    return this.emulator.emulator;
  }

  /** What the provider has printed, which `pulumi up` shows. */
  get said(): string {
    return this.lines.join('\n');
  }

  async end(): Promise<void> {
    jest.restoreAllMocks();
    await this.emulator.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  inputs(changes: Partial<Inputs> = {}): Inputs {
    return {
      cloud: this.cloud.product(this.core, undefined, this.emulator.url),
      devices: { sequence: { prefix: 'light-', count: 3 } },
      ...(this.cloud.options as object),
      resourceUrn: urnOf('lights'),
      journal: join(this.folder, 'journal'),
      __provider: 'text',
      ...changes,
    } as Inputs;
  }

  /** Inputs as `check` leaves them; `methods`: of a provider process of its own. */
  async checked(
    changes: Partial<Inputs>,
    olds: Partial<Inputs> = {},
    methods: { check: (typeof provider)['check'] } = provider,
  ): Promise<Inputs> {
    const { inputs, failures } = await methods.check(olds, this.inputs(changes));
    expect(failures).toEqual([]);
    return inputs;
  }

  async up(changes: Partial<Inputs> = {}): Promise<Outputs> {
    const { inputs, failures } = await provider.check(wire(this.state?.inputs ?? {}), wire(this.inputs(changes)));
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join('; '));
    if (!this.state) return this.create(inputs);
    const { id, outputs, failed } = this.state;
    const { changes: some, replaces = [] } = await provider.diff(id, wire(outputs), wire(inputs));
    if (replaces.length > 0) return this.replace(inputs);
    if (failed || (some ?? JSON.stringify(inputs) !== JSON.stringify(this.state.inputs))) return this.update(inputs);
    return outputs;
  }

  async refresh(): Promise<void> {
    if (!this.state) return;
    const { id, props } = wire(await provider.read(this.state.id, wire(this.state.outputs)));
    if (id === undefined || !props) this.state = undefined;
    else this.state.outputs = props;
  }

  async destroy(): Promise<void> {
    for (const old of [...this.pending]) {
      await provider.delete(old.id, wire(old.outputs));
      this.pending = this.pending.filter((each) => each !== old);
    }
    if (this.state) await provider.delete(this.state.id, wire(this.state.outputs));
    this.state = undefined;
  }

  /** The names of the devices that the cloud has, in order. */
  devices(product?: string): string[] {
    return this.cloud
      .devices(this.core, product)
      .map(({ name }) => name)
      .sort();
  }

  /** The files of the journal below a folder of it. */
  journal(prefix = ''): string[] {
    const files = readdirSync(join(this.folder, 'journal'), { recursive: true, withFileTypes: true });
    const paths = files.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
    return paths.filter((path) => path.startsWith(join(this.folder, 'journal', prefix)));
  }

  journalTexts(): string[] {
    return this.journal().map((path) => readFileSync(path, 'utf8'));
  }

  loseJournal(): void {
    rmSync(join(this.folder, 'journal'), { recursive: true });
  }

  copyJournal(): string {
    const copy = join(this.folder, 'copy');
    cpSync(join(this.folder, 'journal'), copy, { recursive: true });
    return copy;
  }

  bringBack(copy: string): void {
    this.loseJournal();
    cpSync(copy, join(this.folder, 'journal'), { recursive: true });
  }

  /** How often an operation was carried out. */
  calls(operation: keyof TestedCloud['operations']): number {
    const name = this.cloud.operations[operation];
    return this.core.journal.calls(name).filter(({ executed, code }) => executed && !code).length;
  }

  private async create(inputs: Inputs): Promise<Outputs> {
    const outputs = await this.keepingWhatIsLeft(inputs, async () => {
      const { id, outs } = wire(await provider.create(wire(inputs)));
      this.state = { id, inputs, outputs: outs };
      return outs;
    });
    return outputs;
  }

  private async update(inputs: Inputs): Promise<Outputs> {
    const { id, outputs: olds } = this.state as Resource;
    return this.keepingWhatIsLeft(inputs, async () => {
      const { outs } = wire(await provider.update(id, wire(olds), wire(inputs)));
      this.state = { id, inputs, outputs: outs };
      return outs;
    });
  }

  private async replace(inputs: Inputs): Promise<Outputs> {
    const old = this.state as Resource;
    const { inputs: again } = await provider.check({}, wire(this.inputs(inputs)));
    const outputs = await this.create(again);
    this.pending.push(old);
    await provider.delete(old.id, wire(old.outputs));
    this.pending = this.pending.filter((each) => each !== old);
    return outputs;
  }

  /** An error that has an id leaves a resource in the state. */
  private async keepingWhatIsLeft(inputs: Inputs, run: () => Promise<Outputs>): Promise<Outputs> {
    try {
      return await run();
    } catch (error) {
      const { id, properties, reasons } = error as { id?: string; properties?: Outputs; reasons?: string[] };
      if (id !== undefined && properties) {
        expect(reasons?.length).toBeGreaterThan(0);
        this.state = { id, inputs, outputs: wire(properties), failed: true };
      }
      throw error;
    }
  }
}

/** As it comes out of a Struct. */
function wire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function setKeys({ aliyun, tencent }: RunningEmulator): void {
  process.env.ALIBABA_CLOUD_ACCESS_KEY_ID = aliyun.accessKeyId;
  process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET = aliyun.accessKeySecret;
  process.env.TENCENTCLOUD_SECRET_ID = tencent.secretId;
  process.env.TENCENTCLOUD_SECRET_KEY = tencent.secretKey;
}
