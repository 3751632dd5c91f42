import { BatchError } from './errors';
import type { Clock } from './ports/clock';
import { CloudError, OUT_OF_TIME, type Cloud } from './ports/cloud';
import type { Observer } from './ports/observer';
import type { Store } from './ports/store';
import type { ReadNames } from './ports/names-source';
import type { CredentialVault } from './ports/vault';
import type { Workers } from './ports/workers';
import { generationOf, requestOf, type Access, type Generation, type Head, type Request } from './record/head';
import type { Lease } from './record/lease';
import type { CloudReference } from './contract/cloud-reference';
import { delay } from './poll';
import { TimeLeft, Yielded } from './time-left';

/** Everything outside of the engine. */
export interface EnginePorts {
  store: Store;
  clock: Clock;
  observer: Observer;
  vault: CredentialVault;
  /** Absent where nobody can tell of another whether it still works. */
  workers?: Workers;
  /** Absent where no order has its names in a file. */
  readNames?: ReadNames;
  /**
   * Connects to a cloud. No request of the connection runs beyond `until`. `since`: when the operation began; an access
   * that has just been granted may take a while to work.
   */
  connect(cloud: CloudReference, access: Access, time: { since: number; until: number }): Promise<Cloud>;
}

/** Transient errors on end are put up with for ten minutes, or a fifth of the time-out if that is less (I8). */
const MOST_TROUBLE_MS = 600_000;
const TROUBLE_PART = 0.2;

/** A later operation has taken over; nothing more is to be done for this one. */
export class SupersededMidway extends Error {
  override readonly name = 'SupersededMidway';
}

/** One invocation's work on a batch: its lease, its time, its connections and its patience with the clouds. */
export class Operation {
  private constructor(
    readonly ports: EnginePorts,
    readonly lease: Lease,
    private readonly requestId: string | undefined,
    private readonly since: number,
    readonly deadline: number,
    readonly time: TimeLeft,
    private readonly connections: Map<string, Promise<Cloud>>,
    /** Since when every call has failed. */
    private readonly trouble: { since?: number },
  ) {}

  /** The work for a request of the leased batch. `until`: when this invocation has to return. */
  static forRequest(ports: EnginePorts, lease: Lease, requestId: string, until: number): Operation {
    const { acceptedAt, deadline, troubleSince } = requestOf(lease.head, requestId);
    const time = new TimeLeft(ports.clock, until, deadline - ANSWER_MS);
    const trouble = troubleSince === undefined ? {} : { since: troubleSince };
    return new Operation(ports, lease, requestId, acceptedAt, deadline, time, new Map(), trouble);
  }

  /** Work that nobody has asked for by a request: finishing what is owed. `since`: when it began, over all of its parts. */
  static forOwed(ports: EnginePorts, lease: Lease, since: number, time: TimeLeft): Operation {
    return new Operation(ports, lease, undefined, since, time.limit, time, new Map(), {});
  }

  /** The same invocation, at work on another batch of the store. */
  onBatch(lease: Lease): Operation {
    return new Operation(this.ports, lease, undefined, this.since, this.deadline, this.time, this.connections, {});
  }

  /** The same operation with less time, so that some is left for what may have to follow. */
  endingBy(limit: number): Operation {
    const time = this.time.limitedTo(limit);
    const { ports, lease, requestId, since, deadline, connections, trouble } = this;
    return new Operation(ports, lease, requestId, since, deadline, time, connections, trouble);
  }

  get clock(): Clock {
    return this.ports.clock;
  }

  get store(): Store {
    return this.ports.store;
  }

  get observer(): Observer {
    return this.ports.observer;
  }

  get head(): Head {
    return this.lease.head;
  }

  get batchId(): string {
    return this.head.batchId;
  }

  get request(): Request {
    if (this.requestId === undefined) throw new RangeError('this work belongs to no request');
    return requestOf(this.head, this.requestId);
  }

  generation(id: string): Generation {
    return generationOf(this.head, id);
  }

  /** Changes the head under the lease. @throws SupersededMidway, LeaseLost */
  async update(change: (head: Head) => void): Promise<void> {
    await this.lease.update((head) => {
      this.mustBeOpen(head);
      change(head);
    });
  }

  /** To be called before every call that must not be made twice (I3). @throws SupersededMidway, LeaseLost */
  async confirm(): Promise<void> {
    this.mustBeOpen(await this.lease.confirm());
  }

  /** The connection to a generation's cloud, made once. */
  async cloudOf(generation: Generation): Promise<Cloud> {
    const key = JSON.stringify([generation.cloud, generation.access]);
    const time = { since: this.since, until: this.time.until };
    // To have connected proves nothing yet: the first call tells whether the trouble is over.
    return this.insist('connecting', async () => {
      const connection = this.connections.get(key) ?? this.ports.connect(generation.cloud, generation.access, time);
      this.connections.set(key, connection);
      try {
        return await connection;
      } catch (error) {
        this.connections.delete(key);
        throw error;
      }
    });
  }

  /**
   * Makes a call that may be made again, until it is answered. What cannot get better fails at once; what can is tried
   * with growing delays while the budget for trouble lasts (I8).
   */
  async patiently<T>(what: string, call: () => Promise<T>): Promise<T> {
    const result = await this.insist(what, call);
    delete this.trouble.since;
    return result;
  }

  private async insist<T>(what: string, call: () => Promise<T>): Promise<T> {
    for (;;) {
      this.time.check(() => `while ${what}`);
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof CloudError) || error.kind === 'permanent' || error.kind === 'credentials') throw error;
        // It only ran out of the invocation's time: that says nothing of the cloud.
        if (error.vendorCode === OUT_OF_TIME) {
          this.time.check(() => `while ${what}`);
          throw new Yielded();
        }
        // Not since the attempt began: what takes long about it may be the store.
        const now = this.clock.now();
        this.trouble.since ??= now;
        this.endureTrouble(what, error);
        const wait = Math.max(
          delay((now - this.trouble.since) * 4, this.clock.random()),
          error.details.retryAfterMs ?? 0,
        );
        await this.time.pause(wait, () => `while ${what} kept failing: ${error.message}`);
      }
    }
  }

  /** Writes down what the next invocation should know of this one's troubles. */
  async keepTrouble(): Promise<void> {
    const { requestId, trouble } = this;
    if (requestId === undefined || this.request.troubleSince === trouble.since) return;
    await this.update((head) => {
      const request = requestOf(head, requestId);
      if (trouble.since === undefined) delete request.troubleSince;
      else request.troubleSince = trouble.since;
    });
  }

  /** Ends all connections. One that does not end is told of, and holds nothing up. */
  async close(): Promise<void> {
    for (const connection of this.connections.values()) {
      const cloud = await connection.catch(() => undefined);
      await cloud?.close().catch((error: unknown) => {
        this.observer.log('warn', 'a connection could not be ended', { error: String(error) });
      });
    }
    this.connections.clear();
  }

  private endureTrouble(what: string, error: CloudError): void {
    const lasted = this.clock.now() - (this.trouble.since ?? this.clock.now());
    const budget = Math.min(MOST_TROUBLE_MS, TROUBLE_PART * (this.deadline - this.since));
    this.observer.log('warn', `${what} failed, trying again`, { error: error.message, forMs: lasted });
    if (lasted < budget) return;
    throw new BatchError(
      'CloudUnavailable',
      `every call failed for ${Math.round(lasted / 1000)} s, last ${what}: ${error.message}`,
    );
  }

  private mustBeOpen(head: Head): void {
    if (this.requestId !== undefined && requestOf(head, this.requestId).outcome) throw new SupersededMidway();
  }
}

/** Kept at the end of every operation for writing down and giving the answer. */
const ANSWER_MS = 15_000;
