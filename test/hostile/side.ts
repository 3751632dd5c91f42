import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmulator, type RunningEmulator } from '../../emulator';
import { createHandler, type Handler } from '../../handler/handler';
import { systemClock } from '../../lib/batch';
import { headSchema, owed } from '../../lib/batch/record/head';
import { connectCloud } from '../../lib/clouds/registry';
import { FileStore } from '../../lib/stores/file-store';
import { Random } from '../simulation/random';
import { MemorySecrets } from '../support/memory-secrets';
import { aliyun, preSharedKeys, type TestedCloud } from '../support/tested-clouds';
import { Resident, type Answered } from './resident';
import { changeWeather, releaseJobs } from './weather';

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
  /** Calls that were repeated because the first did not succeed. */
  retries: number;
  weather: Record<string, number>;
  /** What is still there of what was made: devices, jobs that run, generations that are owed. Nothing, if all is well. */
  left: string[];
}

const clouds = [aliyun, preSharedKeys];
const BATCHES_A_STACK = 5;
const STUCK_MS = 45_000;

/** Batches that live side by side on both clouds, on an emulator behind real HTTP, with their records in files. */
export async function live(options: SideOptions): Promise<Side> {
  const emulator = await startEmulator({ ...preSharedKeys.emulator({}), ...durations, seed: options.seed });
  const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  try {
    return await new Street(emulator, folder, options).live();
  } finally {
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
  private retries = 0;

  constructor(
    private readonly emulator: RunningEmulator,
    private readonly folder: string,
    private readonly options: SideOptions,
  ) {}

  async live(): Promise<Side> {
    const { emulator, url } = this.emulator;
    const { until, weather, seed } = this.options;
    const isOver = () => performance.now() >= until;
    const residents = Array.from({ length: this.options.batches }, (_, i) => this.resident(i));
    const spells = { random: new Random(`${seed}/weather`), spellMs: 8_000, mild: weather === 'mild' };
    const sky = weather === 'calm' ? Promise.resolve({}) : changeWeather(url, spells, isOver);
    let settled = false;
    const caretaker = this.keepJobsGoing(() => settled);
    const lives = await Promise.allSettled(residents.map((each) => lead(each, isOver)));
    const seen = await sky;
    // What one of them left owed is finished by whoever comes next.
    const ends = await Promise.allSettled(residents.map((each) => each.end()));
    settled = true;
    await caretaker;
    const mistakes = [...lives, ...ends].flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
    return {
      ...{ operations: this.operations, retries: this.retries, weather: seen },
      requests: emulator.journal.calls().length,
      left: [...mistakes, ...(await this.left())],
    };
  }

  private resident(index: number): Resident {
    const stack = Math.floor(index / BATCHES_A_STACK);
    const cloud = clouds[index % clouds.length]!;
    const identity = { stackId: `arn:aws:cloudformation:stack/street-${stack}`, logicalId: `Batch${index}` };
    const properties = ({ count, start }: { count: number; start: number }) => ({
      ...{ version: '1', timeoutSeconds: '300', deleteActivated: 'false', secretArn: cloud.name },
      cloud: cloud.product(this.emulator.emulator, undefined, this.emulator.url),
      devices: { sequence: { prefix: `lamp-${index}-`, count: String(count), start: String(start) } },
    });
    const random = new Random(`${this.options.seed}/batch ${index}`);
    const told = (answered: Answered) => void this.operations.push(answered);
    return new Resident(this.handler(stack), identity, properties, random, told);
  }

  private handler(stack: number): Handler {
    const store = (this.stores[stack] ??= new FileStore(join(this.folder, String(stack))));
    return createHandler({
      ...{ bucket: 'store', store, clock: systemClock, deviceSecrets: new MemorySecrets(), connect: connectCloud },
      rateShare: Math.ceil(this.options.batches / clouds.length),
      readSecret: async (arn) => JSON.stringify(cloudOf(arn).keys(this.emulator.emulator)),
      readObject: () => Promise.reject(new Error('nobody has names in a file')),
      write: (line) => {
        if (line.includes('"call will be repeated"')) this.retries++;
      },
    });
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
    for (const store of this.stores) {
      for (const key of await store.list('heads/')) {
        const head = headSchema.parse(JSON.parse(Buffer.from((await store.get(key))!.body).toString('utf8')));
        found.push(...head.generations.filter((each) => owed(each)).map(({ id }) => `the generation ${id}, owed`));
      }
    }
    return found;
  }
}

/** The handler of one batch also finishes what another one of the stack owes, with that one's keys. */
function cloudOf(secretArn: string): TestedCloud {
  const cloud = clouds.find(({ name }) => name === secretArn);
  if (!cloud) throw new RangeError(`there is no secret ${secretArn}`);
  return cloud;
}

async function lead(resident: Resident, isOver: () => boolean): Promise<void> {
  while (!isOver()) await resident.step();
}
