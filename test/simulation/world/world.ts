import { IotEmulator, type AliyunAssumptions } from '../../../emulator';
import type { Device } from '../../../emulator';
import { MemorySecrets } from '../../support/memory-secrets';
import { MemoryStore } from '../../support/memory-store';
import { Random } from '../random';
import type { Tally } from '../tally';
import { Calls, type CallRecord } from './calls';
import { DirectGateway } from './direct-gateway';
import { ActiveFaults } from './faults';
import { nthName } from './names';
import { Timeline } from './timeline';

/** What a life's surroundings are like. */
export interface Setting {
  /** Names in one job; small ones make several jobs of a batch. */
  namesPerJob: number;
  /** Seconds that an operation may take. */
  timeoutSeconds: number;
  /** How far the cloud's clock is ahead of ours. */
  cloudSkewMs: number;
  checkMs: number;
  createMs: number;
  createPerDeviceMs: number;
  assumptions: Partial<AliyunAssumptions>;
}

export const calmSetting: Setting = {
  namesPerJob: 10_000,
  timeoutSeconds: 900,
  cloudSkewMs: 0,
  checkMs: 1_000,
  createMs: 2_000,
  createPerDeviceMs: 1,
  assumptions: {},
};

export const PRODUCTS = ['a1First00001', 'a1Other00001'] as const;

/** Everything that is outside of the handler, on one timeline and one source of chance. */
export class SimulatedWorld {
  readonly timeline = new Timeline();
  readonly emulator: IotEmulator;
  readonly gateway: DirectGateway;
  readonly calls: Calls;
  readonly faults: ActiveFaults;
  store = new MemoryStore();
  readonly secrets = new MemorySecrets();
  storeIsOutUntil = 0;
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
  /** How many faults have struck so far. */
  struck = 0;
  /** Processes that a fault has ended. */
  readonly killed = new Set<number>();
  private processes = 0;

  constructor(
    seed: string,
    readonly setting: Setting,
    readonly tally: Tally,
    /** Takes a line of the story. */
    readonly tell: (line: string) => void,
  ) {
    this.random = new Random(seed);
    const { cloudSkewMs: clockSkewMs, checkMs, createMs, createPerDeviceMs, assumptions } = setting;
    this.emulator = new IotEmulator({
      seed,
      clock: this.timeline,
      aliyun: {
        clockSkewMs,
        durations: { checkMs, createMs, createPerDeviceMs },
        assumptions,
        product: { productKey: PRODUCTS[0] },
      },
    });
    this.emulator.aliyun.seed({ products: [{ productKey: PRODUCTS[1] }] });
    this.gateway = new DirectGateway(this.emulator);
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

  emptyStore(): MemoryStore {
    return new MemoryStore();
  }

  nextProcess(): number {
    return ++this.processes;
  }

  /** The devices of all products, brought up to the present. */
  devices(): Device[] {
    return PRODUCTS.flatMap((product) => this.emulator.aliyun.devices(product));
  }

  /** Somebody else does something to a device of this account. */
  meddle(kind: 'connectsMeanwhile' | 'deletedMeanwhile' | 'takenMeanwhile' | 'reRegisteredMeanwhile'): void {
    const { aliyun } = this.emulator;
    if (kind === 'takenMeanwhile') {
      const deviceName = nthName(this.random.int(0, 11));
      const productKey = this.random.pick(PRODUCTS);
      if (aliyun.device(deviceName, productKey)) return;
      aliyun.seed({ devices: [{ productKey, deviceName }] });
      return this.tell(`  ~ a stranger registers ${deviceName}`);
    }
    const devices = this.devices();
    if (devices.length === 0) return;
    const { deviceName, productKey } = this.random.pick(devices);
    if (kind === 'connectsMeanwhile') aliyun.connect(deviceName, productKey);
    else aliyun.deleteDevice(deviceName, productKey);
    if (kind === 'reRegisteredMeanwhile') aliyun.seed({ devices: [{ productKey, deviceName }] });
    this.tell(`  ~ ${deviceName} ${deeds[kind]}`);
  }

  /** Jobs that would never end go on. */
  releaseJobs(): void {
    const now = this.timeline.now();
    for (const job of this.emulator.aliyun.platform.listApplications()) {
      const running = job.status === 'CHECK' || job.status === 'CREATE';
      if (running && job.nextStepAt === Infinity) job.nextStepAt = this.emulator.clock.workAt(now);
    }
    this.emulator.settle();
  }
}

const deeds = {
  connectsMeanwhile: 'connects',
  deletedMeanwhile: 'is deleted by hand',
  reRegisteredMeanwhile: 'is deleted and registered again by a stranger',
};
