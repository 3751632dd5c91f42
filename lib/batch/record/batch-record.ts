import * as z from 'zod';
import { BatchError } from '../errors';
import type { Clock } from '../ports/clock';
import { StoreConflict, type Store, type StoredObject } from '../ports/store';
import { HEAD_VERSION, emptyHead, headSchema, type Head } from './head';
import { checkRecord, parseJson } from './json';
import { keys } from './keys';

/** A batch's head in the store, and the one way to change it. */
export class BatchRecord {
  private constructor(
    readonly store: Store,
    readonly clock: Clock,
    private state: { head: Head; version?: string },
  ) {}

  /** Reads the head; a batch that nobody has heard of starts with an empty one, which is not written yet. */
  static async load(store: Store, clock: Clock, batchId: string): Promise<BatchRecord> {
    return new BatchRecord(store, clock, await readHead(store, batchId));
  }

  /** The head as last read or written. To be changed through `update` only. */
  get head(): Head {
    return this.state.head;
  }

  /** Reads the head again, because others may have written. */
  async refresh(): Promise<Head> {
    this.state = await readHead(this.store, this.head.batchId);
    return this.head;
  }

  /**
   * Applies `change` to a copy of the newest head and writes it. If somebody else wrote meanwhile, `change` is applied
   * again to what they wrote, so it must decide from the head it is given. What it throws ends the update; a `change` that
   * returns false writes nothing.
   */
  async update(change: (head: Head) => boolean | void): Promise<Head> {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
      const next = structuredClone(this.head);
      if (change(next) === false) return this.head;
      next.nonce = this.clock.nonce(8);
      if (await this.write(next)) return this.head;
      await this.clock.sleep(this.clock.random() * Math.min(1000, 20 * 2 ** conflicts));
    }
    throw new BatchError('StoreContended', `the record of batch ${this.head.batchId} is being changed all the time`);
  }

  /** False, with the newest head read, if somebody else wrote first. */
  private async write(next: Head): Promise<boolean> {
    const key = keys.head(next.batchId);
    try {
      const condition = this.state.version === undefined ? { absent: true as const } : { version: this.state.version };
      const version = await this.store.put(key, JSON.stringify(next), condition);
      this.state = { head: next, version };
      return true;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      await this.refresh();
      // A client's own second try answers "conflict" when the first arrived and only its answer was lost.
      return this.head.nonce === next.nonce;
    }
  }
}

/** The ids of all batches that the store knows. */
export async function listBatches(store: Store): Promise<string[]> {
  const found = await store.list(keys.heads);
  return found.map((key) => key.slice(keys.heads.length).replace(/\.json$/, ''));
}

/** @throws BatchError `RecordUnreadable` if it is no head of this batch, `NewerRecord` if a newer version of this code has made it. */
export function parseHead(batchId: string, object: StoredObject): Head {
  const key = keys.head(batchId);
  const value = parseJson(key, object);
  const { version } = checkRecord(key, value, versionSchema);
  if (Math.floor(version) > HEAD_VERSION) {
    throw new BatchError(
      'NewerRecord',
      `the record of batch ${batchId} is of version ${version}, this code knows up to ${HEAD_VERSION}: deploy with the newer package again`,
    );
  }
  const head = checkRecord(key, value, headSchema);
  if (head.batchId === batchId) return head;
  // It is written where its own id says: that of another batch would be overwritten.
  throw new BatchError('RecordUnreadable', `the store's object ${key} is the record of another batch`);
}

/** What heads of all versions have. */
const versionSchema = z.looseObject({ version: z.number() });

const MAX_CONFLICTS = 12;

async function readHead(store: Store, batchId: string): Promise<{ head: Head; version?: string }> {
  const object = await store.get(keys.head(batchId));
  if (!object) return { head: emptyHead(batchId) };
  return { head: parseHead(batchId, object), version: object.version };
}
