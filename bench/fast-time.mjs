// Loaded before a process that is to live `BENCH_SPEED` times as fast as the clock on the wall: what it asks for the time or
// waits for goes by a time that began with the wall's at `BENCH_EPOCH`. Whoever it talks to lives by the same formula.
import { createRequire } from 'node:module';

const speed = Number(process.env.BENCH_SPEED ?? 1);
const epoch = Number(process.env.BENCH_EPOCH ?? 0);

const WallDate = Date;
const now = () => epoch + (WallDate.now() - epoch) * speed;
globalThis.Date = class Date extends WallDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [now()] : parts));
  }
  static now() {
    return now();
  }
};

const timers = createRequire(import.meta.url)('node:timers/promises');
const { setTimeout: sleep } = timers;
timers.setTimeout = (ms, ...rest) => sleep(ms / speed, ...rest);
