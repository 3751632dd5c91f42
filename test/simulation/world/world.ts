import { IotEmulator, type AliyunAssumptions, type TencentAssumptions } from '../../../emulator';
import { MemorySecrets } from '../../support/memory-secrets';
import { MemoryStore } from '../../support/memory-store';
import { products, type ProductName } from '../clouds/products';
import type { LivingDevice, SimulatedProduct } from '../clouds/simulated-cloud';
import { Random } from '../random';
import type { Tally } from '../tally';
import { Calls, type CallRecord } from './calls';
import { ActiveFaults } from './faults';
import { nthName } from './names';
import { Timeline } from './timeline';
import type { NewerVersion } from './versions';

/** What a life's surroundings are like. */
export interface Setting {
  /** Where its batches are: the first of them most of the time. */
  products: readonly [ProductName, ...ProductName[]];
  /** Names in one job; small ones make several jobs of a batch. */
  namesPerJob: number;
  /** Seconds that an operation may take. */
  timeoutSeconds: number;
  /** How far the cloud's clock is ahead of ours. */
  cloudSkewMs: number;
  checkMs: number;
  createMs: number;
  createPerDeviceMs: number;
  /** Of each cloud, where its vendor is silent. */
  assumptions: Partial<AliyunAssumptions>;
  tencent: Partial<TencentAssumptions>;
}

/** Everything that is outside of the handler, on one timeline and one source of chance. */
export class SimulatedWorld {
  readonly timeline = new Timeline();
  readonly emulator: IotEmulator;
  readonly calls: Calls;
  readonly faults: ActiveFaults;
  store = new MemoryStore();
  readonly secrets = new MemorySecrets();
  storeIsOutUntil = 0;
  /** Until when a cloud answers nobody, by its product. */
  readonly cloudIsOutUntil = new Map<string, number>();
  /** Until when somebody else uses up the rates of the account as well. */
  ratesAreSharedUntil = 0;
  /** Whether a later version of the handler has ever been deployed. */
  metNewer = false;
  /** What of a later version's records an older one did not keep. */
  readonly lostOfNewer: string[] = [];
  private newer: { version: NewerVersion; until: number } | undefined;
  /** When a process last had trouble with the store. */
  readonly storeTroubles = new Map<number, number>();
  /** Processes that are at work now. */
  working = 0;
  /** Processes that go on although they count as dead. */
  outliving = 0;
  /** What the handlers logged, line by line. */
  readonly logs: string[] = [];
  /** Set anew for each step, so that a step's chance does not depend on the steps before. */
  random: Random;
  /** Told right after a call was carried out. */
  executed: (call: CallRecord) => void = () => undefined;
  /** Told that something happens to whoever asks for what is under way. */
  disturbAsker: (how: 'interrupted' | 'interruptedTwice' | 'askerKilled') => void = () => undefined;
  /** How many faults have struck so far. */
  struck = 0;
  /** Jobs whose ids were written into a store, in time. */
  readonly recordedJobs = new Set<string>();
  /** Calls that were announced in a store, about to be made: nobody can tell whether one was, whose process ended there. */
  readonly announced: {
    stack: string;
    batch: string;
    process: number;
    /** When it was written. */
    at: number;
    /** When it was about to be, as it says itself. */
    since: number;
  }[] = [];
  /** Processes that a fault has ended. */
  readonly killed = new Set<number>();
  /** Processes that live on, and stop where they see that nobody waits for them any more. */
  readonly forsaken = new Set<number>();
  private processes = 0;

  constructor(
    seed: string,
    readonly setting: Setting,
    readonly tally: Tally,
    /** Takes a line of the story. */
    readonly tell: (line: string) => void,
  ) {
    this.random = new Random(seed);
    const { cloudSkewMs: clockSkewMs, checkMs, createMs, createPerDeviceMs, assumptions, tencent } = setting;
    this.emulator = new IotEmulator({
      seed,
      clock: this.timeline,
      aliyun: {
        clockSkewMs,
        durations: { checkMs, createMs, createPerDeviceMs },
        assumptions,
      },
      tencent: {
        clockSkewMs,
        durations: { createMs, createPerDeviceMs },
        assumptions: tencent,
      },
    });
    for (const product of this.products) product.create(this.emulator);
    this.calls = new Calls(
      () => ({ count: this.events.length, now: this.timeline.now() }),
      (call) => this.executed(call),
    );
    this.faults = new ActiveFaults((fault, io) => {
      this.struck++;
      tally.add('faults', fault.kind);
      tell(`  ! ${fault.kind} at "${io}"`);
    });
  }

  /** Everything that happened to devices, in order. */
  get events() {
    return this.emulator.journal.deviceEvents();
  }

  /** A later version of the handler is deployed, until a roll-back brings this one back. */
  deployNewer(version: NewerVersion, ms: number): void {
    this.metNewer = true;
    this.newer = { version, until: this.timeline.now() + ms };
  }

  withdrawNewer(): void {
    this.newer = undefined;
  }

  /** The later version that is deployed, if one is. */
  versionNow(): NewerVersion | undefined {
    return this.newer && this.timeline.now() < this.newer.until ? this.newer.version : undefined;
  }

  /** No product takes more devices than it has, and so many. */
  limitDevices(room: number): void {
    const { aliyun, tencent } = this.emulator;
    const [here, there] = [aliyun.quotas, tencent.quotas];
    for (const product of this.products) {
      const quotas = product.reference.tencent ? there : here;
      quotas.devicesPerProduct = product.devices(this.emulator).length + room;
    }
  }

  /** Somebody has asked the vendors for more. */
  liftQuotas(): void {
    for (const { quotas } of [this.emulator.aliyun, this.emulator.tencent]) quotas.devicesPerProduct = 1_000_000;
  }

  emptyStore(): MemoryStore {
    return new MemoryStore();
  }

  nextProcess(): number {
    return ++this.processes;
  }

  /** The products of this life, each once, whichever APIs lead to it. */
  get products(): SimulatedProduct[] {
    const all = this.setting.products.map((name): SimulatedProduct => products[name]);
    return all.filter(({ id }, i) => all.findIndex((other) => other.id === id) === i);
  }

  /** Whether whoever works on the product can always tell a device from another one of its name. */
  tellsDevices(product: string): boolean {
    const used = this.setting.products.map((name): SimulatedProduct => products[name]);
    return used.every(({ id, tellsDevices }) => id !== product || tellsDevices);
  }

  /** The devices of all products, brought up to the present. */
  devices(): LivingDevice[] {
    return this.products.flatMap((product) => product.devices(this.emulator));
  }

  /** Jobs that may still make devices. */
  jobsRun(): boolean {
    const { aliyun, tencent } = this.emulator;
    return (
      aliyun.platform.listApplications().some(({ status }) => status === 'CREATE') ||
      tencent.hub.tasks.list().some(({ status }) => status !== 2)
    );
  }

  /** Somebody else does something to a device of this account. */
  meddle(kind: Meddling): void {
    const { emulator } = this;
    if (kind === 'takenMeanwhile') {
      const name = nthName(this.random.int(0, 11));
      const product = this.random.pick(this.products);
      if (product.devices(emulator).some((device) => device.name === name)) return;
      product.register(emulator, name);
      return this.tell(`  ~ a stranger registers ${name}`);
    }
    const devices = this.devices();
    if (devices.length === 0) return;
    const { name, product: id } = this.random.pick(devices);
    const product = this.products.find((each) => each.id === id);
    if (kind === 'connectsMeanwhile') product?.wake(emulator, name);
    else product?.remove(emulator, name);
    if (kind === 'reRegisteredMeanwhile') product?.register(emulator, name);
    this.tell(`  ~ ${name} ${deeds[kind]}`);
  }

  /** What has connected and may not be deleted for it, somebody deletes, as the errors say. */
  deleteConnectedByHand(): void {
    for (const product of this.products) {
      const connected = product.devices(this.emulator).filter(({ everConnected }) => everConnected);
      for (const { name } of connected) product.remove(this.emulator, name);
    }
  }

  /** Jobs that would never end go on. */
  releaseJobs(): void {
    const now = this.timeline.now();
    this.emulator.settle();
    for (const job of this.emulator.aliyun.platform.listApplications()) {
      const running = job.status === 'CHECK' || job.status === 'CREATE';
      if (running && job.nextStepAt === Infinity) job.nextStepAt = this.emulator.clock.workAt(now);
    }
    for (const task of this.emulator.tencent.hub.tasks.list()) {
      delete task.stuckIn;
      if (task.nextStepAt === Infinity) task.nextStepAt = this.emulator.clock.workAt(now);
    }
    this.emulator.settle();
  }
}

/** What somebody else does to a device of this account. */
export type Meddling = 'connectsMeanwhile' | 'deletedMeanwhile' | 'takenMeanwhile' | 'reRegisteredMeanwhile';

const deeds: Record<Exclude<Meddling, 'takenMeanwhile'>, string> = {
  connectsMeanwhile: 'connects',
  deletedMeanwhile: 'is deleted by hand',
  reRegisteredMeanwhile: 'is deleted and registered again by a stranger',
};
