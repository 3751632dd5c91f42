import { StoreConflict, type PutCondition, type Store, type StoredObject } from '../../../lib/batch/ports/store';
import { accessDenied, awsError, connectionReset } from '../../support/aws-errors';
import type { MemoryStore } from '../../support/memory-store';
import type { Fault } from './faults';
import type { Process } from './process';
import { asNewerReads, asNewerWrites, lostOfNewer } from './versions';

/** The store as one process reaches it. */
export class ProcessStore implements Store {
  constructor(
    private readonly process: Process,
    private readonly store: MemoryStore,
  ) {}

  get(key: string): Promise<StoredObject | undefined> {
    return this.reach(`store get ${key}`, key, async () => {
      const object = await this.store.get(key);
      return this.process.version === 'major' && key.startsWith('heads/') ? asNewerReads(object) : object;
    });
  }

  put(key: string, body: Uint8Array | string, condition?: PutCondition): Promise<string> {
    const verb = condition ? 'compare' : 'put';
    return this.reach(`store ${verb} ${key}`, key, async () => {
      const { world, version: newer } = this.process;
      const before = world.metNewer && key.startsWith('heads/') ? this.store.text(key) : undefined;
      const written = newer ? asNewerWrites(key, body, newer) : body;
      const version = await this.store.put(key, written, condition);
      const lost = before !== undefined && typeof written === 'string' ? lostOfNewer(before, written) : undefined;
      if (lost !== undefined && newer !== 'major') world.lostOfNewer.push(`${lost} in ${key}`);
      if (typeof body === 'string') this.note(body);
      return version;
    });
  }

  list(prefix: string): Promise<string[]> {
    return this.reach(`store list ${prefix}`, prefix, () => this.store.list(prefix));
  }

  delete(key: string): Promise<void> {
    return this.reach(`store delete ${key}`, key, () => this.store.delete(key));
  }

  private note(body: string): void {
    const { world, cause, id, remainingMs } = this.process;
    // What is written when the process should be long gone may come when others have drawn their conclusions.
    if (remainingMs > 0) for (const [, job = ''] of body.matchAll(JOB_IDS)) world.recordedJobs.add(job);
    const { stack, batch } = cause;
    const since = ANNOUNCEMENT.exec(body)?.[1];
    if (since === undefined) return;
    world.announced.push({ stack, batch, process: id, at: world.timeline.now(), since: Number(since) });
  }

  private reach<T>(io: string, key: string, run: () => Promise<T>): Promise<T> {
    const { process } = this;
    return process.through(io, async (fault) => {
      const { world } = process;
      // Alone, a process meets nobody on its way.
      const latency = world.working > 1 ? world.random.int(1, 40) : 1;
      if (latency > 1) await process.clock.sleep(latency);
      if (fault?.kind === 'storeOutage') world.storeIsOutUntil = world.timeline.now() + fault.ms;
      if (world.timeline.now() < world.storeIsOutUntil) {
        await process.clock.sleep(200);
        throw awsError('ServiceUnavailable', 503);
      }
      return disturbed(fault, process, key, run);
    });
  }
}

/** As records of jobs have them. */
const JOB_IDS = /"jobId":"([^"]+)"/g;

/** A record of a job whose last step is the announcement of the call that starts it. */
const ANNOUNCEMENT = /\{"step":"committing"[^{}]*"at":([\d.]+)[^{}]*\}\]\}$/;

async function disturbed<T>(
  fault: Fault | undefined,
  process: Process,
  key: string,
  run: () => Promise<T>,
): Promise<T> {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others strike elsewhere
  switch (fault?.kind) {
    case 'storeConflict':
      throw new StoreConflict(key);
    case 'storeLostBefore':
      throw connectionReset();
    case 'storeLostAfter':
      await run().catch(() => undefined);
      throw connectionReset();
    case 'storeDenied':
      throw accessDenied();
    case 'storeSlow':
      await process.clock.sleep(fault.ms);
      return run();
    default:
      return run();
  }
}
