import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmulator, type RunningEmulator } from '../../emulator';
import { createHandler, type Handler } from '../../handler/handler';
import { systemClock } from '../../lib/batch';
import type { Observer } from '../../lib/batch/ports/observer';
import type { Store } from '../../lib/batch/ports/store';
import { listBatches } from '../../lib/batch/record/batch-record';
import { owed } from '../../lib/batch/record/head';
import { ProcessRates } from '../../lib/clouds/process-rates';
import { connectCloud } from '../../lib/clouds/registry';
import { Attendance } from '../../lib/pulumi/attendance';
import { journalInS3 } from '../../lib/pulumi/in-s3';
import { findHead, journalPlaceOf } from '../../lib/pulumi/journal';
import { MemoryVault } from '../../lib/pulumi/memory-vault';
import { ProviderMethods } from '../../lib/pulumi/methods';
import { FileStore } from '../../lib/stores/file-store';
import { processes } from '../../lib/stores/processes';
import { isS3Address } from '../../lib/stores/s3-address';
import { urnOf } from '../pulumi/stage';
import { S3Stage } from '../pulumi/s3-stage';
import { Random } from '../simulation/random';
import { MemorySecrets } from '../support/memory-secrets';
import { aliyun, preSharedKeys, type TestedCloud } from '../support/tested-clouds';
import type { Answered, Watcher } from './answered';
import { Resident } from './resident';
import { TwinResident } from './twin-resident';
import { changeWeather, releaseJobs } from './weather';
import { namesOf, type Wish } from './wish';

export interface SideOptions {
  seed: string;
  batches: number;
  /** When nothing new is begun any more (`performance.now()`). */
  until: number;
  weather: 'calm' | 'mild' | 'hostile';
}

/** What has become of one side: everything is deleted again. */
export interface Side {
  operations: Answered[];
  /** Calls that arrived at the cloud, or would have. */
  requests: number;
  /** Calls of the bucket with journals. */
  bucketRequests: number;
  /** Calls that were repeated because the first did not succeed, by the code of why. */
  retries: Record<string, number>;
  weather: Record<string, number>;
  /**
   * What is still there of what was made: devices, jobs that run, generations that are owed, leases that are held; and what was not as it
   * should have been after a success. Nothing, if all is well.
   */
  left: string[];
}

const clouds = [aliyun, preSharedKeys];
const BATCHES_A_STACK = 5;
/** Every third batch is one of the Pulumi twin. */
const TWIN = 3;
const STUCK_MS = 45_000;

/** Batches that live side by side on both clouds, on an emulator behind real HTTP, with their records in files. */
export async function live(options: SideOptions): Promise<Side> {
  const emulator = await startEmulator({ ...preSharedKeys.emulator({}), ...durations, seed: options.seed });
  const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  const s3 = await S3Stage.set();
  try {
    return await new Street(emulator, s3, folder, options).live();
  } finally {
    await s3.end();
    await emulator.close();
    rmSync(folder, { recursive: true });
  }
}

/** Jobs of seconds: longer ones would only be waited for. */
const durations = {
  aliyun: { durations: { checkMs: 500, createMs: 1_000, createPerDeviceMs: 5 } },
  tencent: { product: { encryption: 'psk' }, durations: { startMs: 500, createMs: 500, createPerDeviceMs: 5 } },
} as const;

class Street {
  private readonly operations: Answered[] = [];
  private readonly stores: FileStore[] = [];
  private readonly retries: Record<string, number> = {};
  private readonly mistakes: string[] = [];

  constructor(
    private readonly emulator: RunningEmulator,
    private readonly s3: S3Stage,
    private readonly folder: string,
    private readonly options: SideOptions,
  ) {}

  async live(): Promise<Side> {
    const { emulator, url } = this.emulator;
    const { bucket } = this.s3;
    const { until, weather, seed } = this.options;
    const isOver = () => performance.now() >= until;
    const residents = Array.from({ length: this.options.batches }, (_, i) =>
      i % TWIN === TWIN - 1 ? this.twin(i) : this.resident(i),
    );
    const spells = { random: new Random(`${seed}/weather`), spellMs: 8_000, mild: weather === 'mild' };
    const sky = weather === 'calm' ? Promise.resolve({}) : changeWeather({ url, bucket }, spells, isOver);
    let settled = false;
    const caretaker = this.keepJobsGoing(() => settled);
    const lives = await Promise.allSettled(residents.map((each) => lead(each, isOver)));
    const seen = await sky;
    // What one of them left owed is finished by whoever comes next.
    const ends = await Promise.allSettled(residents.map((each) => each.end()));
    settled = true;
    await caretaker;
    const broken = [...lives, ...ends].flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
    return {
      ...{ operations: this.operations, retries: this.retries, weather: seen },
      requests: emulator.journal.calls().length,
      bucketRequests: bucket.requests.length,
      left: [...this.mistakes, ...broken, ...(await this.left())],
    };
  }

  private resident(index: number): Resident {
    const stack = Math.floor(index / BATCHES_A_STACK);
    const cloud = clouds[index % clouds.length]!;
    const identity = { stackId: `arn:aws:cloudformation:stack/street-${stack}`, logicalId: `Batch${index}` };
    const properties = ({ count, start }: Wish) => ({
      ...{ version: '1', timeoutSeconds: '300', deleteActivated: 'false', secretArn: cloud.name },
      cloud: cloud.product(this.emulator.emulator, undefined, this.emulator.url),
      devices: { sequence: { prefix: prefixOf(index), count: String(count), start: String(start) } },
    });
    return new Resident(this.handler(stack), identity, properties, this.randomOf(index), this.watcher(index, cloud));
  }

  private handler(stack: number): Handler {
    const store = (this.stores[stack] ??= new FileStore(join(this.folder, String(stack))));
    return createHandler({
      ...{ bucket: 'store', store, clock: systemClock, deviceSecrets: new MemorySecrets(), connect: connectCloud },
      rates: new ProcessRates(systemClock, Math.ceil(this.options.batches / clouds.length)),
      readSecret: async (arn) => JSON.stringify(cloudOf(arn).keys(this.emulator.emulator)),
      readObject: () => Promise.reject(new Error('nobody has names in a file')),
      write: (line) => {
        const { message, code } = JSON.parse(line) as { message?: string; code?: string };
        if (message === REPEATED) this.noteRetry(String(code));
      },
    });
  }

  private twin(index: number): TwinResident {
    const [turn, double] = [Math.floor(index / TWIN), Math.floor(index / TWIN / 2)];
    const cloud = clouds[double % clouds.length]!;
    const journal = turn % 2 === 0 ? join(this.folder, 'journal') : this.s3.address('twins');
    const inputs = ({ count, start }: Wish) => ({
      ...{ resourceUrn: urnOf(`lamp-${index}`), journal, timeout: 300, __provider: 'text' },
      cloud: cloud.product(this.emulator.emulator, undefined, this.emulator.url),
      devices: { sequence: { prefix: prefixOf(index), count, start } },
    });
    return new TwinResident(() => this.provider(), inputs, this.randomOf(index), this.watcher(index, cloud));
  }

  /** As Pulumi starts one for a command, but in this process. */
  private provider(): ProviderMethods {
    return new ProviderMethods({
      ...{ clock: systemClock, workers: processes, vault: new MemoryVault(), openJournal, write: () => undefined },
      attendance: new Attendance(() => Promise.resolve(true), systemClock),
      files: {
        read: () => Promise.reject(new Error('no such file')),
        save: () => Promise.reject(new Error('read-only')),
      },
      connect: (cloud, environment) => {
        const keys = (cloud.aliyun ? aliyun : preSharedKeys).keys(this.emulator.emulator);
        const observer = this.counting(environment.observer);
        return {
          cloud: connectCloud(cloud, async () => JSON.stringify(keys), { ...environment, observer }),
          hint: () => '',
        };
      },
    });
  }

  private counting(observer: Observer): Observer {
    return {
      progress: (progress) => observer.progress(progress),
      log: (level, message, fields) => {
        if (message === REPEATED) this.noteRetry(String((fields as { code?: unknown } | undefined)?.code));
        observer.log(level, message, fields);
      },
    };
  }

  private noteRetry(code: string): void {
    this.retries[code] = (this.retries[code] ?? 0) + 1;
  }

  private randomOf(index: number): Random {
    return new Random(`${this.options.seed}/batch ${index}`);
  }

  /** Compares what a batch says with what the cloud has (I2, I4). */
  private watcher(index: number, cloud: TestedCloud): Watcher {
    const prefix = prefixOf(index);
    return {
      told: (answered) => void this.operations.push(answered),
      isNow: (wish, alone) => {
        const there = cloud.devices(this.emulator.emulator).map(({ name }) => name);
        const own = new Set(there.filter((name) => name.startsWith(prefix)));
        const wanted = new Set(wish ? namesOf(prefix, wish) : []);
        const missing = [...wanted].filter((name) => !own.has(name));
        const beside = alone ? [...own].filter((name) => !wanted.has(name)) : [];
        if (missing.length > 0) this.mistakes.push(`after a success these are not there: ${missing.join(', ')} (I4)`);
        if (beside.length > 0) this.mistakes.push(`after a success these are still there: ${beside.join(', ')} (I2)`);
      },
    };
  }

  /** A job that is stuck ends after a while. */
  private async keepJobsGoing(over: () => boolean): Promise<void> {
    let last = performance.now();
    while (!over()) {
      await sleep(250);
      if (performance.now() - last < STUCK_MS) continue;
      releaseJobs(this.emulator.emulator);
      last = performance.now();
    }
  }

  private async left(): Promise<string[]> {
    const { emulator } = this.emulator;
    emulator.settle();
    const devices = clouds.flatMap((cloud) => cloud.devices(emulator).map(({ name }) => `the device ${name}`));
    const jobs = emulator.aliyun.platform.listApplications().filter(({ status }) => status === 'CREATE');
    const tasks = emulator.tencent.hub.tasks.list().filter(({ status }) => status !== 2);
    const running = [...jobs, ...tasks].map(() => 'a job that runs');
    return [...devices, ...running, ...(await this.owed())];
  }

  private async owed(): Promise<string[]> {
    const found: string[] = [];
    const journals = [
      join(this.folder, 'journal'),
      journalPlaceOf({ ...anyInputs, journal: this.s3.address('twins') }),
    ];
    for (const store of [...this.stores, ...journals.map((place) => openJournal(place))].filter(Boolean)) {
      for (const batchId of await listBatches(store)) {
        const { generations, lease } = (await findHead(store, systemClock, batchId))!;
        found.push(...generations.filter((each) => owed(each)).map(({ id }) => `the generation ${id}, owed`));
        if (lease && lease.until > systemClock.now()) found.push(`a lease of ${batchId}`);
      }
    }
    return found;
  }
}

const REPEATED = 'call will be repeated';
const anyInputs = { resourceUrn: urnOf('any'), batchId: 'any' };
const prefixOf = (index: number) => `lamp-${index}-`;

function openJournal(place: string, observer?: Observer): Store {
  return isS3Address(place) ? journalInS3(place, systemClock, observer) : new FileStore(place);
}

/** The handler of one batch also finishes what another one of the stack owes, with that one's keys. */
function cloudOf(secretArn: string): TestedCloud {
  const cloud = clouds.find(({ name }) => name === secretArn);
  if (!cloud) throw new RangeError(`there is no secret ${secretArn}`);
  return cloud;
}

async function lead(resident: Resident | TwinResident, isOver: () => boolean): Promise<void> {
  while (!isOver()) await resident.step();
}
