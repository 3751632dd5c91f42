import type { PutCondition, Store, StoredObject } from '../../../lib/batch/ports/store';
import { StoreConflict } from '../../../lib/batch/ports/store';
import { Attendance } from '../../../lib/pulumi/attendance';
import { MemoryVault } from '../../../lib/pulumi/memory-vault';
import { ProviderMethods } from '../../../lib/pulumi/methods';
import { Session } from '../../../lib/pulumi/session';
import type { Surroundings } from '../../../lib/pulumi/surroundings';
import { connectTo } from '../world/connect';
import { Process, type Cause } from '../world/process';
import { ProcessStore } from '../world/process-store';
import type { Machine } from './machine';

/** What a call comes to: its result or error, or that the process is not there any more. */
export type Answer<T> = { result: T } | { error: Error } | { died: true };

/** A provider process as Pulumi starts one for a command: the real methods, in the surroundings of a life. */
export class TwinProvider {
  readonly process: Process;
  private readonly surroundings: Omit<Surroundings, 'openJournal' | 'connect'>;
  private readonly session: Session;

  /** `isThere`: whether the engine that has started it still listens. */
  constructor(
    private readonly machine: Machine,
    isThere: () => boolean,
  ) {
    const { world } = machine;
    const cause = { stack: '', batch: '', request: '' };
    this.process = new Process(world, world.nextProcess(), cause, LONGEST_MS, false);
    const { process } = this;
    this.session = new Session(process.clock);
    this.surroundings = {
      clock: process.clock,
      workers: { self: machine.workerOf(process), isDead: (worker) => machine.isDead(worker) },
      attendance: new Attendance(() => process.through('engine look', () => isThere()), process.clock),
      vault: new MemoryVault(),
      files: {
        read: (path) => process.through(`file read ${path}`, () => machine.read(path)),
        save: (path, text) => process.through(`file write ${path}`, () => void machine.files.set(path, text)),
      },
      write: (line) => void world.logs.push(line),
    };
  }

  /** What crosses is JSON, as in a Struct. */
  async call<T>(cause: Cause, run: (methods: ProviderMethods) => Promise<T>): Promise<Answer<T>> {
    const { world } = this.machine;
    this.machine.atWork++;
    world.working++;
    try {
      const end = await Promise.race([run(this.methodsFor(cause)), this.process.killed]);
      return end === 'killed' ? { died: true } : { result: wire(end) };
    } catch (error) {
      return { error: error as Error };
    } finally {
      this.machine.atWork--;
      world.working--;
    }
  }

  /** Each call sees the world through a process that works for it, so that the oracle can tell them apart. */
  private methodsFor(cause: Cause): ProviderMethods {
    const process = this.process.workingFor(cause);
    const surroundings: Surroundings = {
      ...this.surroundings,
      openJournal: () => new FolderOf(new ProcessStore(process, this.machine.journal)),
      connect: (cloud, environment) => ({ cloud: connectTo(process, cloud, environment), hint: () => '' }),
    };
    return new ProviderMethods(surroundings, this.session);
  }

  /** The command is over, and its provider with it. */
  end(): void {
    this.process.end();
    this.machine.ended.add(this.process.id);
  }
}

/** As it comes out of a Struct. */
export function wire<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

const LONGEST_MS = 30 * 24 * 3_600_000;

/** A folder fails as a file system does. */
class FolderOf implements Store {
  constructor(private readonly store: Store) {}

  get(key: string): Promise<StoredObject | undefined> {
    return failing(key, () => this.store.get(key));
  }

  put(key: string, body: Uint8Array | string, condition?: PutCondition): Promise<string> {
    return failing(key, () => this.store.put(key, body, condition));
  }

  list(prefix: string): Promise<string[]> {
    return failing(prefix, () => this.store.list(prefix));
  }

  delete(key: string): Promise<void> {
    return failing(key, () => this.store.delete(key));
  }
}

async function failing<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof StoreConflict) throw error;
    throw Object.assign(new Error(`EIO: i/o error, '${path}'`), { code: 'EIO', syscall: 'open', path });
  }
}
