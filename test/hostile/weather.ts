import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultRule, IotEmulator } from '../../emulator';
import type { Random } from '../simulation/random';
import type { S3LookAlike } from '../support/s3-look-alike';

/**
 * What goes wrong for a while, some of it often. What is `mild` is over as soon as it is met: the others may make a client wait until a
 * lost call cannot arrive any more, which takes minutes.
 */
const faults = {
  throttled: { mild: true, probability: 0.3, fault: { kind: 'throttle' } },
  slow: { mild: true, probability: 0.3, fault: { kind: 'slow', ms: 700 } },
  skewed: { mild: true, probability: 0.3, fault: { kind: 'clockSkew', ms: 20 * 60_000 } },
  droppedBefore: { probability: 0.15, fault: { kind: 'drop', when: 'before' } },
  droppedAfter: { probability: 0.1, fault: { kind: 'drop', when: 'after' } },
  late: { probability: 0.05, fault: { kind: 'late', ms: 3_000 } },
  unavailable: { probability: 0.2, fault: { kind: 'gatewayError', status: 503, code: 'ServiceUnavailable' } },
  badGateway: { probability: 0.2, fault: { kind: 'badGateway' } },
  badGatewayAfter: { probability: 0.1, fault: { kind: 'badGateway', executed: true } },
  truncated: { probability: 0.1, fault: { kind: 'truncated' } },
  garbage: { probability: 0.1, fault: { kind: 'garbage' } },
  cut: { probability: 0.1, fault: { kind: 'cut' } },
  stuckJob: { times: 1, fault: { kind: 'stuckJob', phase: 'CREATE' } },
  stuckCheck: { times: 1, fault: { kind: 'stuckJob', phase: 'CHECK' } },
  failsInPart: { mild: true, times: 2, fault: { kind: 'failCreate', count: 2 } },
  namesRefused: { mild: true, times: 1, fault: { kind: 'failCheck', count: 1 } },
} as const satisfies Record<string, FaultRule & { mild?: true }>;

/** The same of the bucket with journals. */
const bucketFaults = {
  bucketSlow: { mild: true, probability: 0.2, answer: { status: 503, code: 'SlowDown' } },
  bucketLost: { mild: true, probability: 0.1, answer: 'lost' },
  bucketExpired: { probability: 0.02, answer: { status: 400, code: 'ExpiredToken' } },
} as const satisfies Record<string, { mild?: true; probability: number; answer: ReturnType<S3LookAlike['disturb']> }>;

type Weather = keyof typeof faults | keyof typeof bucketFaults;

export interface WeatherOptions {
  random: Random;
  /** How long one lasts. */
  spellMs: number;
  mild: boolean;
}

/** What has faults: the emulator by its admin API, and the bucket. */
export interface Victims {
  url: string;
  bucket: S3LookAlike;
}

/** Switches faults until `over`; then none is left. @returns how often each came */
export async function changeWeather(
  victims: Victims,
  { random, spellMs, mild }: WeatherOptions,
  over: () => boolean,
): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  const all = { ...faults, ...bucketFaults };
  const possible = (Object.keys(all) as Weather[]).filter((each) => !mild || 'mild' in all[each]);
  while (!over()) {
    await clear(victims);
    const chosen = new Set([random.pick(possible), random.pick(possible)]);
    for (const each of chosen) {
      await begin(victims, each, random);
      seen[each] = (seen[each] ?? 0) + 1;
    }
    await sleep(spellMs * (0.5 + random.fraction()));
  }
  await clear(victims);
  return seen;
}

async function clear({ url, bucket }: Victims): Promise<void> {
  bucket.disturb = () => undefined;
  await call(url, 'DELETE');
}

async function begin({ url, bucket }: Victims, each: Weather, random: Random): Promise<void> {
  if (each in bucketFaults) {
    const { probability, answer } = bucketFaults[each as keyof typeof bucketFaults];
    const [before, chance] = [bucket.disturb, random.fork(each)];
    bucket.disturb = (request) => (chance.chance(probability) ? answer : before(request));
    return;
  }
  const { mild: _mild, ...rule }: FaultRule & { mild?: true } = faults[each as keyof typeof faults];
  await call(url, 'POST', rule);
}

async function call(url: string, method: string, body?: object): Promise<void> {
  const answer = await fetch(`${url}/_emulator/faults`, { method, ...(body && { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`the emulator refuses ${method} ${JSON.stringify(body)}: ${await answer.text()}`);
}

/** Jobs that would never end go on: whoever runs a cloud sees to them some time. */
export function releaseJobs({ aliyun, tencent, clock }: IotEmulator): void {
  const work = clock.workAt(clock.now());
  for (const job of aliyun.platform.listApplications()) {
    if (['CHECK', 'CREATE'].includes(job.status) && job.nextStepAt === Infinity) job.nextStepAt = work;
  }
  for (const task of tencent.hub.tasks.list()) {
    delete task.stuckIn;
    if (task.nextStepAt === Infinity) task.nextStepAt = work;
  }
}
