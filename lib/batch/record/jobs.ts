import * as z from 'zod';
import { StoreConflict, type Store } from '../ports/store';
import { failureSchema } from './failure';
import { parseRecord } from './json';
import { keys } from './keys';
import type { Generation } from './head';
import { LeaseLost } from './lease';

const pairSchema = z.custom<[name: string, identity: string]>(
  (value) => Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string'),
);

/** What happened to a job, in order. Written before and after each call that matters; nothing is ever taken out. */
const stepSchema = z.discriminatedUnion('step', [
  /** The names were submitted for checking (clouds whose job id is born at commit skip this). */
  z.looseObject({ step: z.literal('opened'), at: z.number(), jobId: z.string() }),
  /** About to start the creation; the call may still arrive until `flightUntil`. */
  z.looseObject({
    step: z.literal('committing'),
    at: z.number(),
    flightUntil: z.number(),
    /** With which a request for devices without names can be sent again as the very same. */
    ticket: z.looseObject({ nonce: z.string(), at: z.number() }).optional(),
  }),
  /** The cloud refused or never got that call: it has not been executed. */
  z.looseObject({ step: z.literal('notCommitted'), at: z.number() }),
  /**
   * The answer of that call was lost. It cannot be under way any more, and these are the devices that it made and that stay;
   * of the job's other names none has a device.
   */
  z.looseObject({ step: z.literal('landed'), at: z.number(), devices: z.array(pairSchema) }),
  z.looseObject({ step: z.literal('committed'), at: z.number(), jobId: z.string() }),
  /** Over at the cloud. `created` absent means all of the job's names. */
  z.looseObject({
    step: z.literal('settled'),
    at: z.number(),
    created: z.array(z.string()).optional(),
    failures: z.array(failureSchema),
  }),
  /** Identities (and, while rising, credentials) of what it created are stored. */
  z.looseObject({ step: z.literal('collected'), at: z.number() }),
]);

const entrySchema = z.looseObject({
  steps: z.array(stepSchema),
  /** When somebody last made sure that nobody else adds to what they have read. */
  claimedAt: z.number().optional(),
});
type JobRecord = z.infer<typeof entrySchema>;

export type JobStep = z.infer<typeof stepSchema>;
type Step<K extends JobStep['step']> = Extract<JobStep, { step: K }>;
type WithoutTime<S> = S extends unknown ? Omit<S, 'at'> : never;

/** One job of a generation: the names that it registers and what is known of it. */
export class JobEntry {
  private constructor(
    private readonly store: Store,
    readonly key: string,
    readonly index: number,
    /** Without a digest: so many devices whose names the cloud invents. */
    readonly names: { digest?: string; count: number },
    private entry: JobRecord,
    private version: string | undefined,
  ) {}

  static async load(
    store: Store,
    generation: Generation,
    index: number,
    names: { digest?: string; count: number },
  ): Promise<JobEntry> {
    const key = keys.job(generation.id, index);
    const object = await store.get(key);
    const entry = object ? parseRecord(key, object, entrySchema) : { steps: [] };
    return new JobEntry(store, key, index, names, entry, object?.version);
  }

  /**
   * Adds a step. @throws LeaseLost if another process has added one: it holds the lease now, and what was about to be done
   * is to be planned anew from its words.
   */
  async append(step: WithoutTime<JobStep>, at: number): Promise<void> {
    await this.write({ ...this.entry, steps: [...this.steps, { ...step, at } as JobStep] });
  }

  /** From now on nobody adds anything who has read the job before, and may have stood still since. @throws LeaseLost */
  async claim(at: number): Promise<void> {
    await this.write({ ...this.entry, claimedAt: at });
  }

  private async write(entry: JobRecord): Promise<void> {
    const condition = this.version === undefined ? { absent: true as const } : { version: this.version };
    const body = JSON.stringify(entry);
    try {
      this.version = await this.store.put(this.key, body, condition);
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      // Our own lost answer looks like a conflict: the object is then exactly what we wrote.
      const object = await this.store.get(this.key);
      if (!object || Buffer.from(object.body).toString('utf8') !== body) {
        throw new LeaseLost();
      }
      this.version = object.version;
    }
    this.entry = entry;
  }

  private get steps(): readonly JobStep[] {
    return this.entry.steps;
  }

  /** The job's id at the cloud, if it was ever learned. */
  get jobId(): string | undefined {
    for (const step of [...this.steps].reverse()) if ('jobId' in step) return step.jobId as string;
    return undefined;
  }

  /** Whether the cloud invents the names of its devices. */
  get nameless(): boolean {
    return this.names.digest === undefined;
  }

  /** The newest call that may have started the creation, unless it is known that it was not executed. */
  get committing(): Step<'committing'> | undefined {
    const last = this.lastOf('committing', 'notCommitted', 'landed');
    return last?.step === 'committing' ? last : undefined;
  }

  /** Whether a call that starts the creation may have been executed at all. */
  get mayHaveCreated(): boolean {
    return this.committed || this.committing !== undefined || this.kept.length > 0;
  }

  /** Calls with whose answers the job's id was lost, so that they may have made devices of which no job tells. */
  get lostCalls(): { at: number; flightUntil: number }[] {
    // Where the id is born before the call, the cloud can be asked what became of it.
    if (this.nameless || this.lastOf('opened')) return [];
    return this.steps.filter((step, i): step is Step<'committing'> => {
      const next = this.steps[i + 1]?.step;
      // Announced a second time, because the first announcement took too long, it was not made in between.
      return step.step === 'committing' && next !== 'committed' && next !== 'notCommitted' && next !== 'committing';
    });
  }

  /** Whether the job's id would have come with an answer that was lost. */
  get awaitsLanding(): boolean {
    return !this.nameless && this.committing !== undefined && this.jobId === undefined;
  }

  /** Devices that lost calls have made, and that stay. */
  get kept(): { name: string; identity: string }[] {
    return this.steps.flatMap((step) =>
      step.step === 'landed' ? step.devices.map(([name, identity]) => ({ name, identity })) : [],
    );
  }

  get committed(): boolean {
    return this.lastOf('committed', 'notCommitted')?.step === 'committed';
  }

  get settled(): Step<'settled'> | undefined {
    return this.lastOf('settled');
  }

  get collected(): boolean {
    return this.lastOf('collected') !== undefined;
  }

  private lastOf<K extends JobStep['step']>(...kinds: K[]): Step<K> | undefined {
    return this.steps.findLast((step): step is Step<K> => (kinds as string[]).includes(step.step));
  }
}
