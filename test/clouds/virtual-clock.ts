import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/batch/ports/clock';

/** A clock on which sleeping takes no time: it jumps to the earliest sleeper whenever the process has nothing else to do. */
export class VirtualClock implements Clock {
  /** Every sleep that was asked for, in milliseconds. */
  readonly slept: number[] = [];
  /** What `random` answers. */
  chance = 0.5;
  private sleepers: { at: number; wake: () => void }[] = [];

  constructor(private time = Date.UTC(2026, 0, 2, 3, 4, 5)) {}

  now(): number {
    return this.time;
  }

  sleep(ms: number, ending?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    if (ms <= 0 || ending?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        ending?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper = { at: this.time + ms, wake };
      const abort = () => {
        this.sleepers = this.sleepers.filter((one) => one !== sleeper);
        resolve();
      };
      ending?.addEventListener('abort', abort);
      this.sleepers.push(sleeper);
      setImmediate(() => this.wakeEarliest());
    });
  }

  /** Lets time pass without anyone sleeping. */
  advance(ms: number): void {
    this.time += ms;
  }

  random(): number {
    return this.chance;
  }

  nonce(bytes: number): string {
    return randomBytes(bytes).toString('hex');
  }

  private wakeEarliest(): void {
    const [earliest] = this.sleepers.sort((one, other) => one.at - other.at);
    if (earliest === undefined) return;
    this.sleepers.shift();
    this.time = Math.max(this.time, earliest.at);
    earliest.wake();
  }
}
