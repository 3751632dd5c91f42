import { forEachLimited } from './concurrency';
import { BatchError } from './errors';
import { devices, listFailures, listOf } from './messages';
import type { Operation } from './operation';
import { poll } from './poll';
import {
  CloudError,
  type Cloud,
  type CollectedDevice,
  type CollectedPage,
  type DeviceFailure,
  type JobState,
} from './ports/cloud';
import { LostTask } from './lost-task';
import { saveCollected } from './record/devices';
import type { Generation } from './record/head';
import { JobEntry } from './record/jobs';
import { loadNames } from './record/names';
import { readPages } from './read-pages';
import { repeatLost, startJob } from './start-job';
import type { Plan } from './record/plan';

/** The jobs of one generation at its cloud. */
export class Registration {
  /** Names of jobs that were accepted and that the cloud has forgotten: if such a device exists, nobody can prove whose. */
  readonly unaccounted: string[] = [];
  /** Requests for devices without names of which nobody can say what they made. */
  readonly lostRequests: LostRequest[] = [];
  private readonly names = new Map<JobEntry, string[]>();
  private readonly lost = new Map<JobEntry, LostTask>();

  private constructor(
    private readonly operation: Operation,
    private readonly cloud: Cloud,
    private readonly generation: Generation,
    readonly jobs: readonly JobEntry[],
  ) {}

  static async load(operation: Operation, cloud: Cloud, generation: Generation, plan: Plan): Promise<Registration> {
    const jobs: JobEntry[] = new Array<JobEntry>(plan.jobs.length);
    await forEachLimited(plan.jobs, 16, async (names, i) => {
      jobs[i] = await JobEntry.load(operation.store, generation, i, names);
    });
    return new Registration(operation, cloud, generation, jobs);
  }

  /** Has every name of every job checked; creates nothing. @throws BatchError `NamesRefused` */
  async check(): Promise<void> {
    if (this.cloud.traits.jobIdBornAt === 'commit') return;
    const unchecked = this.jobs.filter((job) => !job.mayHaveCreated && !job.nameless);
    await this.each(unchecked, (job) => this.openUnlessOpen(job));
    await this.pollJobs('check', unchecked, async (job, names) => {
      const state = await this.observe(job, names);
      if (state.state === 'rejected') throw refused(this.generation, state.failures, state.existing);
      if (state.state === 'absent') await this.open(job, names);
      return { over: state.state === 'checked', seen: state.state };
    });
  }

  /** Starts the creation of every job, each once, and waits until all are over. */
  async commit(): Promise<void> {
    await this.each(
      this.jobs.filter((job) => !job.committed && !job.committing),
      async (job) => this.start(job, await this.namesOf(job)),
    );
    await this.pollJobs(
      'register',
      this.jobs.filter((job) => !job.settled),
      async (job, names) => {
        const seen = await this.settle(job, names);
        if (seen === 'not executed') await this.start(job, names);
        if (seen === 'answer lost' && job.nameless) await repeatLost(this.operation, this.cloud, job);
        else if (seen === 'answer lost') await this.resume(job, names);
        if (seen === 'vanished') throw vanished(job);
        return { over: job.settled !== undefined, seen };
      },
    );
  }

  /**
   * Waits until no job can create anything any more, without starting one.
   * @throws BatchError `JobStillRunning` at the time-out: no cloud can cancel a job.
   */
  async drain(): Promise<void> {
    const running = this.jobs.filter((job) => job.mayHaveCreated && !job.settled);
    try {
      await this.pollJobs('register', running, async (job, names) => {
        if (job.awaitsLanding) {
          const over = (await this.lostOf(job).landed(restOf(job, names))) !== undefined;
          return { over, seen: over ? 'landed' : 'answer lost' };
        }
        const seen = await this.settle(job, names);
        if (seen === 'vanished') this.unaccounted.push(...names);
        if (seen === 'vanished' && job.nameless) this.lostRequests.push({ at: sentAt(job), unheard: 0 });
        // Not asked for again just to be deleted: when it cannot arrive any more, what came into being is looked at.
        const landed = seen === 'answer lost' && (job.committing?.flightUntil ?? 0) <= this.operation.clock.now();
        if (landed) this.lostRequests.push({ at: sentAt(job), unheard: job.names.count });
        return { over: job.settled !== undefined || ['not executed', 'vanished'].includes(seen) || landed, seen };
      });
    } catch (error) {
      if (!(error instanceof BatchError) || error.code !== 'DeadlineReached') throw error;
      const ids = running.filter((job) => !job.settled).map((job) => job.jobId ?? 'unknown');
      throw new BatchError(
        'JobStillRunning',
        `${this.cloud.limits.title} still works on job ${ids.join(', ')}: ${error.message}`,
      );
    }
    // What lost calls have made may also be what a later call found taken.
    for (const job of this.jobs.filter(({ lostCalls }) => lostCalls.length > 0)) {
      this.unaccounted.push(...(job.settled?.failures.map(({ name }) => name) ?? (await this.namesOf(job))));
    }
  }

  /** What the cloud did not create, over all jobs. */
  async failures(): Promise<DeviceFailure[]> {
    const all: DeviceFailure[] = [];
    for (const job of this.jobs) {
      const { created, failures = [] } = job.settled ?? {};
      all.push(...failures);
      if (!created) continue;
      const told = new Set([...created, ...failures.map(({ name }) => name)]);
      const untold = (await this.namesOf(job)).filter((name) => !told.has(name));
      const unnamed = job.nameless && told.size < job.names.count ? [devices(job.names.count - told.size)] : [];
      all.push(...[...untold, ...unnamed].map((name) => ({ name, reason: 'the cloud gave no reason' })));
    }
    return all;
  }

  /** The cloud's ids of all jobs that were started. */
  get jobIds(): string[] {
    // One whose answer was lost may be over when it is seen for the first time.
    return this.jobs.flatMap((job) => ((job.committed || job.settled) && job.jobId !== undefined ? [job.jobId] : []));
  }

  /**
   * Reads and records which devices the settled jobs created; `keep` gets them with their secrets before a job counts as
   * collected. @throws BatchError `DevicesMissing` if the cloud lists others than it said it had created.
   */
  async collect(keep: (job: number, found: CollectedDevice[]) => Promise<void>): Promise<void> {
    await this.collectJobs(keep, (job, missing, count) => {
      const text = `job ${job.jobId} says that it created ${devices(count)} which it does not list ${listOf(missing)}`;
      throw new BatchError('DevicesMissing', text.trim());
    });
  }

  /**
   * As `collect`, as far as the jobs still tell: where somebody has deleted some of
   * them since, or the cloud has forgotten a job, what cannot be told is unaccounted for.
   */
  async collectWhatIsThere(keep: (job: number, found: CollectedDevice[]) => Promise<void>): Promise<void> {
    await this.collectJobs(keep, (_job, missing) => this.unaccounted.push(...missing));
  }

  private async collectJobs(
    keep: (job: number, found: CollectedDevice[]) => Promise<void>,
    unlisted: (job: JobEntry, names: string[], count: number) => void,
  ): Promise<void> {
    const total = this.jobs.reduce((sum, job) => sum + job.names.count, 0);
    let done = 0;
    await forEachLimited(this.jobs, COLLECTED_AT_ONCE, async (job) => {
      if (job.settled && !job.collected) {
        const seen = (page: number) => {
          done += page;
          this.operation.observer.progress({ step: 'collect', done, of: total });
        };
        const { found, missing, unlistedCount } = await this.collectJob(job, seen);
        if (unlistedCount !== 0) unlisted(job, missing, unlistedCount);
        await keep(job.index, found);
        await saveCollected(this.operation.store, this.generation, job.index, found);
        await job.append({ step: 'collected' }, this.operation.clock.now());
      } else done += job.names.count;
    });
  }

  /** What a job lists of what it says it made, and what it does not list. */
  private async collectJob(
    job: JobEntry,
    seen: (page: number) => void,
  ): Promise<{ found: CollectedDevice[]; missing: string[]; unlistedCount: number }> {
    const { jobId, settled } = job;
    const names = await this.namesOf(job);
    const missing = new Set(settled?.created ?? names);
    // A job may list devices that it did not make, such as one whose name was taken: those it says failed are not ours.
    const failed = new Set(settled?.failures.map(({ name }) => name));
    const asked = new Set(names);
    const found = new Map<string, CollectedDevice>();
    for (const device of await this.keptBy(job)) {
      missing.delete(device.name);
      found.set(device.name, device);
    }
    if (jobId === undefined || failed.size === job.names.count) {
      return { found: [...found.values()], missing: [...missing], unlistedCount: missing.size };
    }
    const read = async (cursor: string | undefined) => {
      const page = await this.pageOf(jobId, cursor);
      seen(page.devices.length);
      return page;
    };
    for (const page of await readPages(this.cloud.traits.concurrency, read)) {
      for (const device of page.devices) {
        missing.delete(device.name);
        if (!failed.has(device.name) && (job.nameless || asked.has(device.name))) found.set(device.name, device);
      }
    }
    const unlistedCount = job.nameless && !settled?.created ? job.names.count - found.size : missing.size;
    return { found: [...found.values()], missing: [...missing], unlistedCount };
  }

  /** With their secrets, as far as they still are the same devices. */
  private async keptBy({ kept }: JobEntry): Promise<CollectedDevice[]> {
    if (kept.length === 0) return [];
    return this.operation.patiently('reading secrets', async () => (await this.cloud.readCredentials?.(kept)) ?? []);
  }

  private async pageOf(jobId: string, cursor: string | undefined): Promise<CollectedPage> {
    try {
      return await this.operation.patiently('reading the created devices', () => this.cloud.collect(jobId, cursor));
    } catch (error) {
      if (error instanceof CloudError && error.details.missing === 'job') return { devices: [], total: 0 };
      throw error;
    }
  }

  /** Looks at a job that may have been started, and records its end. Says what was seen. */
  private async settle(job: JobEntry, names: readonly string[]): Promise<JobState['state'] | Verdict> {
    if (job.nameless && !job.committed) return job.committing ? 'answer lost' : 'not executed';
    if (job.awaitsLanding) return 'answer lost';
    const state = await this.observe(job, names);
    const now = this.operation.clock.now();
    const flying = (job.committing?.flightUntil ?? 0) > now;
    const append = (step: Parameters<JobEntry['append']>[0]) => job.append(step, now);
    switch (state.state) {
      case 'settled':
        await append({ step: 'settled', failures: state.failures, ...createdBy(job, state.created) });
        break;
      case 'running':
        if (!job.committed && job.jobId !== undefined) await append({ step: 'committed', jobId: job.jobId });
        break;
      case 'rejected':
        if (flying) break;
        // Devices of such names exist, but a job that was refused proves nothing about them.
        this.unaccounted.push(...(state.existing ?? []));
        await append({ step: 'settled', created: [], failures: state.failures });
        break;
      case 'checked':
      case 'absent':
        if (flying) break;
        // Known to the cloud once, and forgotten since: nobody can say any more what it created.
        if (state.state === 'absent' && job.jobId !== undefined) return 'vanished';
        // No such job is ever checked only: not to be taken for one that never began. Nor is one that the cloud has accepted.
        if (job.nameless || job.committed) break;
        // Shown long after the call could still have arrived: it never did.
        await append({ step: 'notCommitted' });
        return 'not executed';
      case 'checking':
      case 'unknown':
        break;
    }
    return state.state;
  }

  /** Starts the creation of what no lost call has made already. */
  private async start(job: JobEntry, names: readonly string[]): Promise<void> {
    const rest = restOf(job, names);
    if (rest.length > 0 || job.nameless) return startJob(this.operation, this.cloud, job, rest);
    await job.append({ step: 'settled', failures: [] }, this.operation.clock.now());
  }

  /** Goes on from a lost answer, once it is known what the call has made. */
  private async resume(job: JobEntry, names: readonly string[]): Promise<void> {
    const lost = this.lostOf(job);
    const found = await lost.landed(restOf(job, names));
    if (found === undefined) return;
    await lost.resume(found);
    this.lost.delete(job);
    await this.start(job, names);
  }

  private lostOf(job: JobEntry): LostTask {
    const lost = this.lost.get(job) ?? new LostTask(this.operation, this.cloud, this.generation, job);
    this.lost.set(job, lost);
    return lost;
  }

  private async openUnlessOpen(job: JobEntry): Promise<void> {
    if (job.jobId === undefined) await this.open(job, await this.namesOf(job));
  }

  private async open(job: JobEntry, names: readonly string[]): Promise<void> {
    const { jobId, rejected } = await this.operation.patiently('submitting the names', () => this.cloud.open(names));
    if (rejected) throw refused(this.generation, rejected);
    if (jobId !== undefined) await job.append({ step: 'opened', jobId }, this.operation.clock.now());
  }

  private async observe(job: JobEntry, names: readonly string[]): Promise<JobState> {
    const { jobId } = job;
    if (jobId === undefined) return { state: 'absent' };
    return this.operation.patiently('asking for the status', () => this.cloud.observe(names, jobId));
  }

  /** Looks at all of the jobs, again and again, until each is over. */
  private async pollJobs(
    step: 'check' | 'register',
    jobs: readonly JobEntry[],
    look: (job: JobEntry, names: readonly string[]) => Promise<{ over: boolean; seen: string }>,
  ): Promise<void> {
    if (jobs.length === 0) return;
    const { clock, time, observer } = this.operation;
    const total = this.jobs.reduce((sum, job) => sum + job.names.count, 0);
    let open = [...jobs];
    await poll(clock, time, step === 'check' ? 'while names were checked' : 'while jobs were running', async () => {
      const seen: Record<string, number> = {};
      const over = new Set<JobEntry>();
      await this.each(open, async (job) => {
        const result = await look(job, await this.namesOf(job));
        if (result.over) over.add(job);
        seen[result.seen] = (seen[result.seen] ?? 0) + 1;
      });
      open = open.filter((job) => !over.has(job));
      observer.progress({ step, done: total - open.reduce((sum, job) => sum + job.names.count, 0), of: total });
      return open.length === 0 ? { done: true, seen } : { seen };
    });
  }

  private async each(jobs: readonly JobEntry[], work: (job: JobEntry) => Promise<void>): Promise<void> {
    await forEachLimited(jobs, this.cloud.traits.concurrency, work);
  }

  private async namesOf(job: JobEntry): Promise<string[]> {
    const known = this.names.get(job);
    if (known) return known;
    const { digest, count } = job.names;
    const names =
      digest === undefined
        ? []
        : await loadNames(this.operation.store, { count, chunks: [{ digest, count }], set: '' });
    this.names.set(job, names);
    return names;
  }
}

/**
 * A job that is cut off is read from its first page again. So few go side by side that some come to their end within an
 * invocation, also where a dozen batches share the rate; while one is written down another is read.
 */
const COLLECTED_AT_ONCE = 2;

/** A request for devices whose names the cloud invents, and whose job is not known, or not any more. */
export interface LostRequest {
  /** When it was sent (milliseconds since 1970). */
  at: number;
  /** How many devices it asked for, if the answer was lost: it may not have arrived, or make them yet. */
  unheard: number;
}

const sentAt = ({ committing }: JobEntry): number => committing?.ticket?.at ?? 0;

/** What is known of a job that the cloud itself does not show. */
type Verdict = 'not executed' | 'vanished' | 'answer lost';

/** The names that no lost call has made devices of. */
function restOf({ kept }: JobEntry, names: readonly string[]): string[] {
  if (kept.length === 0) return [...names];
  const made = new Set(kept.map(({ name }) => name));
  return names.filter((name) => !made.has(name));
}

/** What a job says it created, with what its lost calls have. */
function createdBy({ kept }: JobEntry, created: string[] | undefined): { created?: string[] } {
  return created ? { created: [...created, ...kept.map(({ name }) => name)] } : {};
}

function vanished(job: JobEntry): BatchError {
  return new BatchError('JobVanished', `the cloud took job ${job.jobId} and does not know it any more`);
}

function refused(generation: Generation, failures: readonly DeviceFailure[], existing: string[] = []): BatchError {
  return new BatchError(
    'NamesRefused',
    `${failures.length} of ${generation.names.count} names were refused, ` +
      (existing.length === 0 ? 'nothing was registered' : `of the others these exist: ${listOf(existing)}`) +
      `: ${listFailures(failures)}`,
  );
}
