import type { Workers } from '../ports/workers';
import type { BatchRecord } from './batch-record';
import type { Head } from './head';

/** What is added to an invocation's end, so that a lease surely outlives the calls made under it. */
const LEASE_MARGIN_MS = 5_000;

/** Holders that could not write down that they are done, in whose processes they were. */
const doneUnwritten = new WeakMap<Workers, Set<string>>();

/** Whether somebody may be at work under a lease who is not known to be done with it. */
export function isHeld(lease: Head['lease'], now: number, workers?: Workers): boolean {
  if (!lease || lease.until <= now) return false;
  return !(workers && doneUnwritten.get(workers)?.has(lease.holder));
}

/**
 * The right to work on a batch, written into its head before anything is done. It ends by release, or by itself after the
 * invocation that holds it must be over.
 */
export class Lease {
  private constructor(
    readonly record: BatchRecord,
    readonly holder: string,
    private ends: number,
    private readonly workers: Workers | undefined,
  ) {}

  /** Takes the lease until `until`; undefined while somebody else holds it who may be at work. */
  static async take(record: BatchRecord, until: number, workers?: Workers): Promise<Lease | undefined> {
    const lease = new Lease(record, record.clock.nonce(8), until + LEASE_MARGIN_MS, workers);
    const { holder } = lease;
    const head = await lease.orDone(
      record.update((next) => {
        const { worker } = next.lease ?? {};
        const isDead = worker !== undefined && workers?.isDead(worker) === true;
        if (isHeld(next.lease, record.clock.now(), workers) && !isDead) return false;
        next.lease = { holder, until: lease.until, ...(workers && { worker: workers.self }) };
        return true;
      }),
    );
    return head.lease?.holder === holder ? lease : undefined;
  }

  get until(): number {
    return this.ends;
  }

  get head(): Head {
    return this.record.head;
  }

  /** As `BatchRecord.update`, but only while the lease is ours. @throws LeaseLost */
  async update(change: (head: Head) => boolean | void): Promise<Head> {
    return this.record.update((next) => {
      this.mustHold(next);
      return change(next);
    });
  }

  /** Holds it until later than it was taken for. @throws LeaseLost */
  async prolong(until: number): Promise<void> {
    const ends = until + LEASE_MARGIN_MS;
    await this.update((next) => {
      if (next.lease) next.lease.until = ends;
    });
    this.ends = ends;
  }

  /** Reads the head again before a call that must not be made twice. @throws LeaseLost */
  async confirm(): Promise<Head> {
    const head = await this.record.refresh();
    this.mustHold(head);
    return head;
  }

  /**
   * Gives the lease back; does nothing if it is not ours any more. Where the store fails it stays in the head, and other processes have
   * to wait for its end; this one knows better.
   */
  async release(): Promise<void> {
    await this.orDone(
      this.record.update((next) => {
        if (next.lease?.holder !== this.holder) return false;
        delete next.lease;
        return true;
      }),
    );
  }

  /** The head as written. Where that fails, nobody works under the lease, whatever the head says. */
  private async orDone(writing: Promise<Head>): Promise<Head> {
    try {
      return await writing;
    } catch (error) {
      this.noteDone();
      throw error;
    }
  }

  private noteDone(): void {
    const { workers, holder } = this;
    if (workers) doneUnwritten.set(workers, (doneUnwritten.get(workers) ?? new Set()).add(holder));
  }

  private mustHold(head: Head): void {
    if (head.lease?.holder !== this.holder || this.record.clock.now() > this.until) throw new LeaseLost();
  }
}

/** Somebody else works on the batch now; whatever we were about to do is theirs. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  constructor() {
    super('the lease of the batch is held by someone else');
  }
}
