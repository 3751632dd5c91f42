import { abandonedAt, hasAbandoned, isAbandoned } from './abandoned';
import { drop } from './drop';
import { BatchError } from './errors';
import { forget } from './forget';
import { noteTold } from './lost-requests';
import { Operation, type EnginePorts } from './operation';
import type { Workers } from './ports/workers';
import { BatchRecord, listBatches } from './record/batch-record';
import { isOpen, keptOrListed, owed, owedBy, type Generation, type Head } from './record/head';
import { Lease, LeaseLost } from './record/lease';
import { prepare, refuseMistakes, type SettleWishes } from './settle-wishes';
import { TimeLeft, Yielded } from './time-left';

/** What settling has come to. */
export interface Settled {
  /** Requests that nobody was going to finish, and that were ended. */
  ended: { batchId: string; request: string }[];
  /** Generations that are not owed any more. */
  finished: Finished[];
  /** What is not finished, and why. */
  left: Left[];
}

export interface Finished {
  batchId: string;
  generation: string;
  /** Devices of it that were deleted in all, also earlier. */
  deleted: number;
  /** Devices that exist under its names and cannot be proven its own. They were left alone, and this is told once. */
  suspects: string[];
  /** Devices that may still exist, where the generation was forgotten as it was wished. */
  forgotten?: string[];
}

export interface Left {
  batchId: string;
  /** Absent where it is about the batch as a whole. */
  generation?: string;
  code: string;
  reason: string;
}

/**
 * Finishes what is owed in the whole store, outside of any operation: ends requests that nobody works on any more, and drops
 * what falls, each batch under its own lease and policy. What stands is not touched, unless it is wished to be removed.
 *
 * `deadline`: when to give up waiting (milliseconds since 1970). `ending`: asks to stop earlier; what is recorded by then is
 * where the next one goes on.
 *
 * @throws BatchError before anything is done where a wish cannot be meant; and what the store throws.
 */
export async function settle(
  ports: EnginePorts,
  wishes: SettleWishes,
  { deadline, ending }: { deadline: number; ending?: AbortSignal },
): Promise<Settled> {
  await refuseMistakes(ports.store, ports.clock, wishes);
  const settling = new Settling(ports, wishes, deadline, ending);
  while (await settling.pass());
  return settling.result();
}

/** A lease is held for no longer than this and a minute, so that one who is killed does not hold up a deployment for long. */
const TURN_MS = 240_000;
const LAST_CALL_MS = 60_000;

class Settling {
  private readonly ended: Settled['ended'] = [];
  private readonly finished: Finished[] = [];
  /** Why something is left, by the ids of batches and generations. */
  private readonly reasons = new Map<string, { code: string; reason: string }>();
  private readonly since: number;

  constructor(
    private readonly ports: EnginePorts,
    private readonly wishes: SettleWishes,
    private readonly deadline: number,
    private readonly ending: AbortSignal | undefined,
  ) {
    this.since = ports.clock.now();
  }

  /** Gives each batch its turn. True if another pass may get further: what one gives up, another may have waited for. */
  async pass(): Promise<boolean> {
    let further = false;
    for (const batchId of await listBatches(this.ports.store)) {
      if (this.over()) return false;
      try {
        if (await this.turn(batchId)) further = true;
      } catch (error) {
        if (!(error instanceof BatchError || error instanceof LeaseLost)) throw error;
        this.reasons.set(batchId, error instanceof BatchError ? told(error) : busy());
      }
    }
    return further && !this.over();
  }

  async result(): Promise<Settled> {
    const left: Left[] = [];
    for (const batchId of await listBatches(this.ports.store)) {
      try {
        left.push(...this.leftOf((await BatchRecord.load(this.ports.store, this.ports.clock, batchId)).head));
      } catch (error) {
        if (!(error instanceof BatchError)) throw error;
        left.push({ batchId, ...told(error) });
      }
    }
    return { ended: this.ended, finished: this.finished, left };
  }

  /** Works on one batch. True if something came to its end, or only the time of this turn. */
  private async turn(batchId: string): Promise<boolean> {
    const { clock, store } = this.ports;
    const record = await BatchRecord.load(store, clock, batchId);
    const now = clock.now();
    if (!this.hasWork(record.head)) return false;
    if (isUnderWay(record.head, now, this.ports.workers)) {
      this.reasons.set(batchId, {
        code: 'OperationUnderWay',
        reason: 'an operation of the batch may still be at work',
      });
      return false;
    }
    const lease = await Lease.take(record, now + TURN_MS + LAST_CALL_MS, this.ports.workers);
    if (!lease) {
      this.reasons.set(batchId, busy());
      return false;
    }
    const time = new TimeLeft(clock, Math.min(now + TURN_MS, this.deadline), this.deadline, this.ending);
    const operation = Operation.forOwed(this.ports, lease, this.since, time);
    try {
      await this.prepare(lease);
      return await this.clearAway(operation);
    } finally {
      await operation.close();
      await lease.release();
    }
  }

  private hasWork(head: Head): boolean {
    const { remove } = this.wishes;
    return (
      head.generations.some(owed) ||
      hasAbandoned(head, this.ports.clock.now(), this.ports.workers) ||
      remove.includes(head.batchId)
    );
  }

  private async prepare(lease: Lease): Promise<void> {
    const open = lease.head.requests.filter(isOpen).map(({ id }) => id);
    const { requests, batchId } = await lease.update((head) =>
      prepare(head, this.wishes, this.ports.clock.now(), this.ports.workers),
    );
    const over = requests.filter((request) => !isOpen(request) && open.includes(request.id));
    this.ended.push(...over.map(({ id }) => ({ batchId, request: id })));
  }

  private async clearAway(operation: Operation): Promise<boolean> {
    let further = false;
    for (const generation of owedBy(operation.head)) {
      const { id } = generation;
      try {
        const finished = await this.end(operation, generation);
        if (finished) this.finished.push(finished);
        else this.reasons.set(id, SHARED);
        further ||= finished !== undefined;
      } catch (error) {
        if (error instanceof Yielded) return true;
        if (!(error instanceof BatchError)) throw error;
        this.reasons.set(id, told(error));
        if (error.tellsOf.length > 0) await operation.update((head) => noteTold(head, error.tellsOf));
      }
    }
    return further;
  }

  private async end(operation: Operation, generation: Generation): Promise<Finished | undefined> {
    const { id, drop: known } = generation;
    const { batchId } = operation;
    if (this.wishes.forget.includes(id)) {
      const { deleted = 0, suspects = [] } = known ?? {};
      return { batchId, generation: id, deleted, suspects, forgotten: await forget(operation, id) };
    }
    const { gone, deleted, suspects } = await drop(operation, id);
    return gone ? { batchId, generation: id, deleted, suspects } : undefined;
  }

  private leftOf(head: Head): Left[] {
    const { remove } = this.wishes;
    const { batchId } = head;
    const isToGo = (generation: Generation) =>
      owed(generation) || (keptOrListed(generation) && remove.includes(batchId));
    const generations = head.generations.filter(isToGo).map(({ id }) => {
      return { batchId, generation: id, ...(this.reasons.get(id) ?? this.reasons.get(batchId) ?? NOT_REACHED) };
    });
    const requests = head.requests.filter(isOpen).map((request) => ({
      batchId,
      code: 'OperationUnderWay',
      reason:
        `request ${request.id} (${request.kind}) is open until ${iso(request.deadline)}; ` +
        `if nobody works on it any more, settle again after ${iso(abandonedAt(request))}`,
    }));
    return [...generations, ...requests];
  }

  private over(): boolean {
    return this.ending?.aborted === true || this.ports.clock.now() >= this.deadline;
  }
}

/** Whether an operation is open that is not abandoned: it begins with what is owed, and may want what is to be removed. */
function isUnderWay({ requests }: Head, now: number, workers: Workers | undefined): boolean {
  return requests.some((request) => isOpen(request) && !isAbandoned(request, now, workers));
}

const SHARED = {
  code: 'DevicesShared',
  reason: 'some of its devices are also those of another change or batch, which has to come to its end first',
};

const NOT_REACHED = { code: 'NotReached', reason: 'the time was over before its turn; settle again, it continues' };

function busy(): { code: string; reason: string } {
  return { code: 'BatchBusy', reason: 'somebody else works on the batch' };
}

function told({ code, message }: BatchError): { code: string; reason: string } {
  return { code, reason: message };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
