import type { Clock } from '../lib/batch/ports/clock';
import type { Observer, Progress } from '../lib/batch/ports/observer';
import { isSecretField, redactText } from '../lib/clouds/http/redaction';

/** What a log needs: the time, and where its lines go. */
export interface LogPorts {
  clock: Clock;
  write: (line: string) => void;
}

/**
 * Writes the log of one invocation: a JSON object a line, so that CloudWatch Logs Insights finds its members. Progress is
 * written at most every ten seconds a step, besides its end, and where it stands at the end of the invocation (`flush`).
 */
export class LogObserver implements Observer {
  private readonly steps = new Map<Progress['step'], { writtenAt: number; pending?: Progress }>();

  constructor(
    private readonly ports: LogPorts,
    /** Members of every line, e.g. the batch and the request that it is about. */
    private readonly about: Record<string, unknown>,
  ) {}

  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown> = {}): void {
    const time = new Date(this.ports.clock.now()).toISOString();
    this.ports.write(toLine({ time, level, message, ...this.about, ...fields }));
  }

  progress(progress: Progress): void {
    const now = this.ports.clock.now();
    const last = this.steps.get(progress.step);
    const over = progress.done >= progress.of;
    if (last && !over && now - last.writtenAt < PROGRESS_MS) last.pending = progress;
    else this.writeProgress(progress, now);
  }

  /** Writes what was held back. */
  flush(): void {
    for (const { pending } of this.steps.values()) if (pending) this.writeProgress(pending, this.ports.clock.now());
  }

  private writeProgress(progress: Progress, writtenAt: number): void {
    this.steps.set(progress.step, { writtenAt });
    this.log('info', 'progress', { ...progress });
  }
}

const PROGRESS_MS = 10_000;

/** A log that fails must not end the work. */
function toLine(fields: Record<string, unknown>): string {
  try {
    return JSON.stringify(fields, (name, value: unknown) => {
      if (isSecretField(name)) return '[redacted]';
      if (value instanceof Error) return redactText(value.stack ?? String(value));
      return typeof value === 'string' ? redactText(value) : value;
    });
  } catch {
    return JSON.stringify({ level: 'error', message: 'a log line could not be written' });
  }
}
