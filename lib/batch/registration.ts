import { forEachLimited } from './concurrency';
import { BatchError } from './errors';
import { devices, listFailures, listOf } from './messages';
import type { Operation } from './operation';
import { poll } from './poll';
import { CloudError, type Cloud, type CollectedDevice, type DeviceFailure, type JobState } from './ports/cloud';
import { saveCollected } from './record/devices';
import type { Generation } from './record/head';
import { JobEntry } from './record/jobs';
import { loadNames } from './record/names';
import type { Plan } from './record/plan';

/**
 * How long a call whose answer was lost may still arrive: its own time-out and a minute. No cloud documents this; the
 * minute is our assumption.
 */
export const FLIGHT_MS = 90_000;

/** How long it may take to write down that such a call is about to be made. */
const ANNOUNCEMENT_MS = 5_000;

/** The jobs of one generation at its cloud. */
export class Registration {
  /** Names of jobs that were accepted and that the cloud has forgotten: if such a device exists, nobody can prove whose. */
  readonly unaccounted: string[] = [];
  private readonly names = new Map<JobEntry, string[]>();

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
    const unchecked = this.jobs.filter((job) => !job.mayHaveCreated);
    await this.each(unchecked, (job) => this.openUnlessOpen(job));
    await this.pollJobs('check', unchecked, async (job, names) => {
      const state = await this.observe(job, names);
      if (state.state === 'rejected') throw refused(this.generation, state.failures);
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
        const seen = await this.settle(job, names);
        if (seen === 'vanished') this.unaccounted.push(...names);
        return { over: job.settled !== undefined || seen === 'not executed' || seen === 'vanished', seen };
      });
    } catch (error) {
      if (!(error instanceof BatchError) || error.code !== 'DeadlineReached') throw error;
      const ids = running.filter((job) => !job.settled).map((job) => job.jobId ?? 'unknown');
      throw new BatchError(
        'JobStillRunning',
        `${this.cloud.limits.title} still works on job ${ids.join(', ')}: ${error.message}`,
      );
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
      all.push(...untold.map((name) => ({ name, reason: 'the cloud gave no reason' })));
    }
    return all;
  }

  /** The cloud's ids of all jobs that were started. */
  get jobIds(): string[] {
    return this.jobs.flatMap((job) => (job.committed && job.jobId !== undefined ? [job.jobId] : []));
  }

  /**
   * Reads and records which devices the settled jobs created; `keep` gets them with their secrets before a job counts as
   * collected. @throws BatchError `DevicesMissing` if the cloud lists others than it said it had created.
   */
  async collect(keep: (job: number, found: CollectedDevice[]) => Promise<void>): Promise<void> {
    const total = this.jobs.reduce((sum, job) => sum + job.names.count, 0);
    let done = 0;
    await this.each(this.jobs, async (job) => {
      if (job.settled && !job.collected) {
        const found = await this.collectJob(job, (page) => {
          done += page;
          this.operation.observer.progress({ step: 'collect', done, of: total });
        });
        await keep(job.index, found);
        await saveCollected(this.operation.store, this.generation, job.index, found);
        await job.append({ step: 'collected' }, this.operation.clock.now());
      } else done += job.names.count;
    });
  }

  private async collectJob(job: JobEntry, seen: (page: number) => void): Promise<CollectedDevice[]> {
    const { jobId, settled } = job;
    const names = await this.namesOf(job);
    const missing = new Set(settled?.created ?? names);
    // A job may list devices that it did not make, such as one whose name was taken: those it says failed are not ours.
    const failed = new Set(settled?.failures.map(({ name }) => name));
    const ours = new Set(names.filter((name) => !failed.has(name)));
    if (jobId === undefined || ours.size === 0) return [];
    const found: CollectedDevice[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await this.operation.patiently('reading the created devices', () =>
        this.cloud.collect(jobId, cursor),
      );
      found.push(...page.devices.filter((device) => ours.delete(device.name)));
      for (const device of page.devices) missing.delete(device.name);
      seen(page.devices.length);
      cursor = page.next;
      if (cursor === undefined) break;
    }
    if (missing.size > 0) {
      throw new BatchError(
        'DevicesMissing',
        `job ${jobId} says that it created ${devices(missing.size)} which it does not list: ${listOf([...missing])}`,
      );
    }
    return found;
  }

  /** Looks at a job that may have been started, and records its end. Says what was seen. */
  private async settle(
    job: JobEntry,
    names: readonly string[],
  ): Promise<JobState['state'] | 'not executed' | 'vanished'> {
    const state = await this.observe(job, names);
    const now = this.operation.clock.now();
    const flying = (job.committing?.flightUntil ?? 0) > now;
    const append = (step: Parameters<JobEntry['append']>[0]) => job.append(step, now);
    switch (state.state) {
      case 'settled':
        await append({ step: 'settled', failures: state.failures, ...(state.created && { created: state.created }) });
        break;
      case 'running':
        if (!job.committed && job.jobId !== undefined) await append({ step: 'committed', jobId: job.jobId });
        break;
      case 'rejected':
        if (flying) break;
        await append({ step: 'settled', created: [], failures: state.failures });
        break;
      case 'checked':
      case 'absent':
        if (flying) break;
        // Accepted, and then lost by the cloud: nobody can say any more what it created.
        if (state.state === 'absent' && job.committed) return 'vanished';
        // Shown long after the call could still have arrived: it never did.
        await append({ step: 'notCommitted' });
        return 'not executed';
      case 'checking':
      case 'unknown':
        break;
    }
    return state.state;
  }

  /** The one call that creates devices. It is written down before and after, and made under a confirmed lease (I3). */
  private async start(job: JobEntry, names: readonly string[]): Promise<void> {
    const { clock } = this.operation;
    await this.operation.patiently('starting the registration', async () => {
      await this.announce(job);
      try {
        const { jobId } = await this.cloud.commit(names, job.jobId);
        await job.append({ step: 'committed', jobId }, clock.now());
      } catch (error) {
        if (!(error instanceof CloudError)) throw error;
        // It may have arrived. From here on it is observed, not repeated.
        if (error.kind === 'outcomeUnknown') return;
        // A plain no was not executed and is not under way any more; whether the cloud began all the same, it shows.
        const refusal = { step: 'committing', flightUntil: clock.now() } as const;
        await job.append(error.kind === 'permanent' ? refusal : { step: 'notCommitted' }, clock.now());
        throw error;
      }
    });
  }

  /** Writes down until when the call may arrive; anew if the writing itself took too much of that time. */
  private async announce(job: JobEntry): Promise<void> {
    const { clock } = this.operation;
    let began: number;
    do {
      await this.operation.confirm();
      began = clock.now();
      await job.append({ step: 'committing', flightUntil: began + ANNOUNCEMENT_MS + FLIGHT_MS }, began);
    } while (clock.now() - began > ANNOUNCEMENT_MS);
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
    const names = await loadNames(this.operation.store, { count: job.names.count, chunks: [job.names], set: '' });
    this.names.set(job, names);
    return names;
  }
}

function vanished(job: JobEntry): BatchError {
  return new BatchError('JobVanished', `the cloud took job ${job.jobId} and does not know it any more`);
}

function refused(generation: Generation, failures: readonly DeviceFailure[]): BatchError {
  return new BatchError(
    'NamesRefused',
    `${failures.length} of ${generation.names.count} names were refused, nothing was registered: ${listFailures(failures)}`,
  );
}
