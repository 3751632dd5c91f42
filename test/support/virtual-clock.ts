import { createHash } from 'node:crypto';
import type { Clock } from '../../lib/batch/ports/clock';

/**
 * A clock on which time passes only when nothing else can happen: as soon as all promises have come to rest, it jumps to
 * the next sleeper. The same seed gives the same randomness.
 */
export class VirtualClock implements Clock {
  private sleepers: { at: number; wake: () => void }[] = [];
  private jumpPlanned = false;
  private busy = 0;
  private draws = 0;

  constructor(
    private time = Date.UTC(2026, 0, 2, 3, 4, 5),
    private readonly seed = 'seed',
  ) {}

  now(): number {
    return this.time;
  }

  sleep(ms: number, ending?: AbortSignal): Promise<void> {
    if (ms <= 0 || ending?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const abandon = () => this.remove(sleeper);
      const wake = () => {
        ending?.removeEventListener('abort', abandon);
        resolve();
      };
      const sleeper = { at: this.time + ms, wake };
      this.sleepers.push(sleeper);
      ending?.addEventListener('abort', abandon, { once: true });
      this.planJump();
    });
  }

  /** While `work` runs, time stands still: for what happens outside of this process, as on a socket. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.busy++;
    try {
      return await work;
    } finally {
      this.busy--;
      this.planJump();
    }
  }

  /** Lets time pass without waking anybody before the end. */
  advance(ms: number): void {
    this.time += ms;
  }

  random(): number {
    return Number.parseInt(this.nonce(6), 16) / 2 ** 48;
  }

  nonce(bytes: number): string {
    return createHash('sha256')
      .update(`${this.seed}/${this.draws++}`)
      .digest('hex')
      .slice(0, bytes * 2);
  }

  private remove(sleeper: { wake: () => void }): void {
    this.sleepers = this.sleepers.filter((each) => each !== sleeper);
    sleeper.wake();
  }

  private planJump(): void {
    if (this.jumpPlanned || this.sleepers.length === 0) return;
    this.jumpPlanned = true;
    setImmediate(() => {
      this.jumpPlanned = false;
      if (this.busy > 0) return;
      this.jump();
      this.planJump();
    });
  }

  private jump(): void {
    const [first] = [...this.sleepers].sort((a, b) => a.at - b.at);
    if (!first) return;
    this.time = Math.max(this.time, first.at);
    this.remove(first);
  }
}
