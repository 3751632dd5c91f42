import type { MemoryStore } from '../../support/memory-store';
import type { Process } from '../world/process';
import type { SimulatedWorld } from '../world/world';
import { namesFileAt } from './program';

/** Where somebody calls `pulumi`: files, the journal, and the processes that run. */
export class Machine {
  /** The user's files, by their paths. */
  readonly files = new Map<string, string>();
  /** Processes that came to their end by themselves. */
  readonly ended = new Set<number>();
  /** Calls of providers under way. */
  atWork = 0;

  constructor(readonly world: SimulatedWorld) {}

  get journal(): MemoryStore {
    return this.world.store;
  }

  workerOf({ id }: Process): string {
    return `here ${id}`;
  }

  isDead(worker: string): boolean {
    const id = Number(worker.split(' ')[1]);
    return this.ended.has(id) || this.world.killed.has(id);
  }

  read(path: string): Uint8Array {
    const text = namesFileAt(path) ?? this.files.get(path);
    if (text === undefined) throw Object.assign(new Error(`ENOENT: no such file, open '${path}'`), { code: 'ENOENT' });
    return Buffer.from(text);
  }
}
