import { redactText } from '../lib/clouds/http/redaction';
import type { Clock } from '../lib/batch/ports/clock';
import type { Observer, Progress } from '../lib/batch/ports/observer';

/** Tells people how it goes: warnings, and progress at most every two seconds a step. */
export class TerminalObserver implements Observer {
  private readonly told = new Map<Progress['step'], number>();

  constructor(
    private readonly clock: Clock,
    private readonly write: (line: string) => void,
  ) {}

  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown> = {}): void {
    if (level === 'debug' || level === 'info') return;
    const { error } = fields;
    const why = error instanceof Error ? `: ${error.message}` : typeof error === 'string' ? `: ${error}` : '';
    this.write(`${level}: ${redactText(message + why)}\n`);
  }

  progress({ step, done, of }: Progress): void {
    const now = this.clock.now();
    if (done < of && now - (this.told.get(step) ?? -Infinity) < EVERY_MS) return;
    this.told.set(step, now);
    this.write(`${step}: ${done.toLocaleString('en')} of ${of.toLocaleString('en')}\n`);
  }
}

const EVERY_MS = 2_000;
