import type { Observer, Progress } from '../batch/ports/observer';
import { redactText } from '../clouds/http/redaction';

/** Where people look. */
export interface Screen {
  /** A line that stays. */
  write(line: string): void;
  /** How far it is, until there is something newer; `instead` is called where that cannot be shown. */
  status(text: string, instead: () => void): void;
}

/**
 * Tells people how it goes, in few words: also what is soon forgotten on a terminal is a line each in the log of a pipeline. Each step
 * tells its first count, its last, and one now and then; of the log, what is a warning.
 */
export class ProgressObserver implements Observer {
  private readonly told = new Map<Progress['step'], { first: number; last: number; done: number }>();

  constructor(
    private readonly title: string,
    private readonly screen: Screen,
    private readonly now: () => number,
  ) {}

  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown> = {}): void {
    if (level === 'debug' || level === 'info') return;
    const { error } = fields;
    const why = error instanceof Error ? `: ${error.message}` : typeof error === 'string' ? `: ${error}` : '';
    this.write(`${level === 'warn' ? 'warning: ' : ''}${redactText(message + why)}`);
  }

  progress({ step, done, of }: Progress): void {
    const before = this.told.get(step);
    if (of === 0 || before?.done === done) return;
    const now = this.now();
    if (before && done < of && now - before.last < pauseAfter(now - before.first)) return;
    this.told.set(step, { first: before?.first ?? now, last: now, done });
    const text = `${WORDS[step]} ${done.toLocaleString('en')} of ${of.toLocaleString('en')} devices`;
    this.screen.status(text, () => this.write(text));
  }

  private write(text: string): void {
    this.screen.write(`${this.title}: ${text}`);
  }
}

/** Between two counts of a step that has taken so long by now: the longer it takes, the less often people look. */
function pauseAfter(elapsedMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, elapsedMs / 10));
}

const SHORTEST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;

const WORDS: Record<Progress['step'], string> = {
  'look-up': 'looked up',
  check: 'checked',
  register: 'registered',
  collect: 'collected',
  delete: 'deleted',
};
