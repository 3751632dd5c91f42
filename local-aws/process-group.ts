import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SpawnSettings {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: StdioOptions;
}

const running = new Set<ProcessGroup>();

// The last resort, for a process that ends without having stopped what it started.
process.once('exit', () => running.forEach((group) => group.kill()));

/** A process and everything it starts, which ends with it. POSIX only. */
export class ProcessGroup {
  /** Rejects if the process could not be started. */
  readonly exited: Promise<Exit>;

  static start(command: string, args: readonly string[], settings: SpawnSettings): ProcessGroup {
    return new ProcessGroup(spawn(command, args, { ...settings, detached: true }));
  }

  private constructor(readonly process: ChildProcess) {
    running.add(this);
    this.exited = new Promise((resolve, reject) => {
      process.once('error', (failure) => {
        running.delete(this);
        reject(failure);
      });
      process.once('exit', (code, signal) => {
        // Now, as nobody can have been given the group's id yet.
        this.kill();
        running.delete(this);
        resolve({ code, signal });
      });
    });
    this.exited.catch(() => undefined);
    process.stdin?.on('error', () => undefined);
  }

  get isRunning(): boolean {
    return running.has(this);
  }

  /** Asks the group to end, and ends it if the process has not within `graceMs`. */
  async stop(graceMs = 5_000): Promise<void> {
    this.#signal('SIGTERM');
    const patience = setTimeout(() => this.kill(), graceMs);
    await this.exited.catch(() => undefined);
    clearTimeout(patience);
  }

  /** Ends the group at once. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    if (!this.isRunning || this.process.pid === undefined) return;
    try {
      process.kill(-this.process.pid, signal);
    } catch (failure) {
      if ((failure as NodeJS.ErrnoException).code !== 'ESRCH') throw failure; // nobody is left
    }
  }
}
