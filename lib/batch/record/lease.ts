import type { Workers } from '../ports/workers';
import type { BatchRecord } from './batch-record';
import type { Head } from './head';

/** What is added to an invocation's end, so that a lease surely outlives the calls made under it. */
const LEASE_MARGIN_MS = 5_000;

/**
 * The right to work on a batch, written into its head before anything is done. It ends by release, or by itself after the
 * invocation that holds it must be over.
 */
export class Lease {
  private constructor(
    readonly record: BatchRecord,
    readonly holder: string,
    readonly until: number,
  ) {}

  /** Takes the lease until `until`; undefined while somebody else holds it who may be at work. */
  static async take(record: BatchRecord, until: number, workers?: Workers): Promise<Lease | undefined> {
    const holder = record.clock.nonce(8);
    const end = until + LEASE_MARGIN_MS;
    const head = await record.update((next) => {
      const { until: heldUntil = 0, worker } = next.lease ?? {};
      const isDead = worker !== undefined && workers?.isDead(worker) === true;
      if (heldUntil > record.clock.now() && !isDead) return false;
      next.lease = { holder, until: end, ...(workers && { worker: workers.self }) };
      return true;
    });
    return head.lease?.holder === holder ? new Lease(record, holder, end) : undefined;
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

  /** Reads the head again before a call that must not be made twice. @throws LeaseLost */
  async confirm(): Promise<Head> {
    const head = await this.record.refresh();
    this.mustHold(head);
    return head;
  }

  /** Gives the lease back; does nothing if it is not ours any more. */
  async release(): Promise<void> {
    await this.record.update((next) => {
      if (next.lease?.holder !== this.holder) return false;
      delete next.lease;
      return true;
    });
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
