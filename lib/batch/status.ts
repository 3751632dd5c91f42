import { isAbandoned } from './abandoned';
import { forEachLimited } from './concurrency';
import type { Clock } from './ports/clock';
import type { Store } from './ports/store';
import type { Workers } from './ports/workers';
import { BatchRecord, listBatches } from './record/batch-record';
import { isOpen, owed, type Generation, type Request } from './record/head';
import { JobEntry } from './record/jobs';
import { findPlan } from './record/plan';

/** What the store knows of one batch, for people to look at. Holds no secret. */
export interface BatchStatus {
  batchId: string;
  /** The generation that the last successful deployment returned. */
  current?: string;
  /** Until when somebody works on the batch at most (milliseconds since 1970). */
  busyUntil?: number;
  /** Oldest first, without those that are gone. */
  generations: GenerationStatus[];
  /** What is being worked on. `abandoned`: nobody is going to finish it any more. */
  open: (Pick<Request, 'id' | 'kind' | 'acceptedAt' | 'deadline'> & { abandoned: boolean })[];
  /** How the last request that is over ended. */
  last?: { id: string; ok: boolean; code?: string; message?: string };
}

export interface GenerationStatus {
  id: string;
  phase: Generation['phase'];
  /** Cloud, region, instance and product. */
  product: string;
  devices: number;
  /** Whether its devices still have to be deleted or released. */
  owed: boolean;
  /** Devices that a drop has deleted so far. */
  deleted?: number;
  /** Devices that it took over from other generations. */
  carried: number;
  jobs: JobStatus[];
}

export interface JobStatus {
  /** The cloud's id, once it is known. */
  id?: string;
  devices: number;
  /** How far it has come, by the record: the cloud may be further. */
  state: 'planned' | 'checking' | 'starting' | 'running' | 'over' | 'collected';
  /** Devices that the cloud refused to create. */
  failed: number;
}

/** Reads what the store knows, without touching anything; also while a deployment runs. */
export async function readStatus(store: Store, clock: Clock, workers?: Workers): Promise<BatchStatus[]> {
  const all: BatchStatus[] = [];
  for (const batchId of await listBatches(store)) all.push(await statusOf(store, clock, batchId, workers));
  return all;
}

/** How many batches are being worked on: they use the account's rates as well. */
export async function countBusy(store: Store, clock: Clock): Promise<number> {
  let busy = 0;
  for (const batchId of await listBatches(store)) {
    const { head } = await BatchRecord.load(store, clock, batchId).catch(() => ({ head: undefined }));
    if (head?.lease && head.lease.until > clock.now()) busy++;
  }
  return busy;
}

async function statusOf(store: Store, clock: Clock, batchId: string, workers?: Workers): Promise<BatchStatus> {
  const { head } = await BatchRecord.load(store, clock, batchId);
  const generations: GenerationStatus[] = [];
  for (const generation of head.generations) {
    if (generation.phase !== 'gone') generations.push(await generationStatus(store, generation));
  }
  const over = head.requests.findLast((request) => request.outcome);
  const busy = head.lease && head.lease.until > clock.now();
  return {
    batchId,
    ...(head.current !== undefined && { current: head.current }),
    ...(busy && { busyUntil: head.lease?.until }),
    generations,
    open: head.requests
      .filter(isOpen)
      .map((request) => ({ ...openRequest(request), abandoned: isAbandoned(request, clock.now(), workers) })),
    ...(over && { last: { id: over.id, ...lastOutcome(over) } }),
  };
}

function openRequest({
  id,
  kind,
  acceptedAt,
  deadline,
}: Request): Pick<Request, 'id' | 'kind' | 'acceptedAt' | 'deadline'> {
  return { id, kind, acceptedAt, deadline };
}

function lastOutcome({ outcome }: Request): { ok: boolean; code?: string; message?: string } {
  if (!outcome || outcome.ok) return { ok: true };
  return { ok: false, code: String(outcome.code), message: String(outcome.message) };
}

async function generationStatus(store: Store, generation: Generation): Promise<GenerationStatus> {
  const plan = await findPlan(store, generation);
  const planned = generation.kind === 'observed' ? [] : (plan?.jobs ?? []);
  const jobs: JobStatus[] = new Array<JobStatus>(planned.length);
  await forEachLimited(planned, 16, async (names, i) => {
    jobs[i] = jobStatus(await JobEntry.load(store, generation, i, names));
  });
  return {
    id: generation.id,
    phase: generation.phase,
    product: generation.cloudKey,
    devices: generation.names.count,
    owed: owed(generation),
    ...(generation.drop && { deleted: generation.drop.deleted }),
    carried: plan?.carried.length ?? 0,
    jobs,
  };
}

function jobStatus(job: JobEntry): JobStatus {
  return {
    ...(job.jobId !== undefined && { id: job.jobId }),
    devices: job.names.count,
    state: stateOf(job),
    failed: job.settled?.failures.length ?? 0,
  };
}

function stateOf(job: JobEntry): JobStatus['state'] {
  if (job.collected) return 'collected';
  if (job.settled) return 'over';
  if (job.committed) return 'running';
  if (job.committing) return 'starting';
  return job.jobId === undefined ? 'planned' : 'checking';
}
