import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SpawnSettings {
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdio: StdioOptions;
}

/** A process and everything it starts, ended together. POSIX only. */
export class ProcessGroup {
  readonly exited: Promise<Exit>;
  #exit: Exit | undefined;

  static start(command: string, args: readonly string[], settings: SpawnSettings): ProcessGroup {
    return new ProcessGroup(spawn(command, args, { ...settings, detached: true }));
  }

  private constructor(readonly process: ChildProcess) {
    this.exited = new Promise((resolve, reject) => {
      process.once('error', reject);
      // `exit`, not `close`: a grandchild may hold the pipes for as long as it likes.
      process.once('exit', (code, signal) => resolve((this.#exit = { code, signal })));
    });
    this.exited.catch(() => undefined);
    process.stdin?.on('error', () => undefined);
  }

  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  /** Asks the group to end, and ends it if it has not within `graceMs`; ends what the leader left behind in any case. */
  async stop(graceMs = 5_000): Promise<void> {
    if (this.process.pid === undefined) return;
    this.#signal('SIGTERM');
    const patience = new AbortController();
    await Promise.race([this.exited, pause(graceMs, patience.signal)]);
    patience.abort();
    this.#signal('SIGKILL');
    await this.exited;
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.process.pid!, signal);
    } catch (failure) {
      if ((failure as NodeJS.ErrnoException).code !== 'ESRCH') throw failure; // nobody is left
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
