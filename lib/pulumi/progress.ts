import type { Observer, Progress } from '../batch/ports/observer';
import { redactText } from '../clouds/http/redaction';

/**
 * Tells people how it goes, in few lines: every line that a provider writes stays on the screen of `pulumi up`. Each step tells its
 * first count, its last, and one now and then; of the log, what is a warning.
 */
export class LineObserver implements Observer {
  private readonly told = new Map<Progress['step'], { at: number; done: number }>();

  constructor(
    private readonly title: string,
    private readonly write: (line: string) => void,
    private readonly now: () => number,
  ) {}

  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown> = {}): void {
    if (level === 'debug' || level === 'info') return;
    const { error } = fields;
    const why = error instanceof Error ? `: ${error.message}` : typeof error === 'string' ? `: ${error}` : '';
    this.write(`${this.title}: ${level === 'warn' ? 'warning: ' : ''}${redactText(message + why)}`);
  }

  progress({ step, done, of }: Progress): void {
    const before = this.told.get(step);
    if (of === 0 || before?.done === done) return;
    if (before && done < of && this.now() - before.at < EVERY_MS) return;
    this.told.set(step, { at: this.now(), done });
    this.write(`${this.title}: ${WORDS[step]} ${done.toLocaleString('en')} of ${of.toLocaleString('en')} devices`);
  }
}

const EVERY_MS = 15_000;

const WORDS: Record<Progress['step'], string> = {
  'look-up': 'looked up',
  check: 'checked',
  register: 'registered',
  collect: 'collected',
  delete: 'deleted',
};
