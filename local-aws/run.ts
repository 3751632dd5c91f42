import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { ProcessGroup } from './process-group';

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Hears each line as it is printed. */
  readonly onLine?: (line: string) => void;
  /** Ends the program and whatever it started. */
  readonly signal?: AbortSignal;
  /** How long it may take to end then. @default 5 s */
  readonly graceMs?: number;
}

export interface RunResult {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Rejects if it cannot be started, or with the signal's reason once all of it has ended. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { env, cwd, onLine, signal, graceMs } = options;
  signal?.throwIfAborted();
  const group = ProcessGroup.start(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const abort = (): void => void group.stop(graceMs);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const printed = [group.process.stdout!, group.process.stderr!].map((stream) => lines(stream, onLine));
    const [{ code }, stdout = '', stderr = ''] = await Promise.all([group.exited, ...printed]);
    signal?.throwIfAborted();
    return { code, stdout, stderr };
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

async function lines(stream: Readable, onLine?: (line: string) => void): Promise<string> {
  const read: string[] = [];
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    read.push(line);
    onLine?.(line);
  }
  return read.join('\n');
}
