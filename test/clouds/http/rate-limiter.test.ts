import { RateLimiter, UNDOCUMENTED_RATE, type Permit } from '../../../lib/clouds/http/rate-limiter';
import { RateLimits } from '../../../lib/clouds/http/rate-limits';
import { VirtualClock } from '../virtual-clock';

const start = Date.UTC(2026, 0, 2);

/** Takes `count` turns at once and tells when each came, in milliseconds from now. */
async function turns(limiter: RateLimiter, clock: VirtualClock, count: number): Promise<number[]> {
  const begin = clock.now();
  return Promise.all(
    Array.from({ length: count }, async () => {
      await limiter.acquire(Infinity);
      return clock.now() - begin;
    }),
  );
}

/** The most turns within any second. */
function mostInASecond(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length));
}

describe('the rate limiter', () => {
  let clock: VirtualClock;
  beforeEach(() => {
    clock = new VirtualClock(start);
  });

  test('I10: starts at 80 % of the documented rate', async () => {
    expect(await turns(new RateLimiter(clock, 5, 1), clock, 5)).toEqual([0, 250, 500, 750, 1000]);
  });

  test('I10: the batches of a stack share the rate', async () => {
    expect(await turns(new RateLimiter(clock, 5, 4), clock, 4)).toEqual([0, 1000, 2000, 3000]);
  });

  test('I10: no second sees more calls than documented, also after a pause', async () => {
    const limiter = new RateLimiter(clock, 50, 1);
    const first = await turns(limiter, clock, 200);
    expect(mostInASecond(first)).toBeLessThanOrEqual(50);
    expect(first.at(-1)).toBe(4975);
    clock.advance(60_000);
    const second = await turns(limiter, clock, 200);
    expect(second.filter((time) => time === 0)).toHaveLength(10);
    expect(mostInASecond(second)).toBe(49);
  });

  test('an operation without a documented rate has 20 a second', async () => {
    const limiter = new RateLimits(clock, 1).of('Undocumented');
    expect(UNDOCUMENTED_RATE).toBe(20);
    expect(limiter.currentRate).toBe(16);
  });

  test('each operation has a bucket of its own', () => {
    const rates = new RateLimits(clock, 1);
    expect(rates.of('A', 5)).toBe(rates.of('A', 5));
    expect(rates.of('A', 5)).not.toBe(rates.of('B', 5));
  });

  test('serves callers in the order in which they came', async () => {
    const limiter = new RateLimiter(clock, 10, 1);
    const order: string[] = [];
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => limiter.acquire(Infinity).then(() => order.push(name))));
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  test('sleeps once for each turn, however many wait', async () => {
    await turns(new RateLimiter(clock, 5, 1), clock, 101);
    expect(clock.slept).toEqual(Array(100).fill(250));
  });

  test('I10: halves when throttled, once for all calls that were under way', async () => {
    const limiter = new RateLimiter(clock, 50, 1);
    clock.advance(1000);
    const permits = await Promise.all([1, 2, 3].map(() => limiter.acquire(Infinity)));
    permits.forEach((permit) => permit?.throttled());
    expect(limiter.currentRate).toBe(20);
    expect(await turns(limiter, clock, 3)).toEqual([50, 100, 150]);
    const next = await limiter.acquire(Infinity);
    next?.throttled();
    expect(limiter.currentRate).toBe(10);
  });

  test('I10: climbs back by a twentieth for each second of success, and never above its start', async () => {
    const limiter = new RateLimiter(clock, 50, 1);
    const permit = (await limiter.acquire(Infinity)) as Permit;
    permit.throttled();
    expect(limiter.currentRate).toBe(20);
    permit.admitted();
    expect(limiter.currentRate).toBe(20);
    clock.advance(1000);
    permit.admitted();
    permit.admitted();
    expect(limiter.currentRate).toBe(22);
    clock.advance(60_000);
    permit.admitted();
    expect(limiter.currentRate).toBe(24);
    for (let second = 0; second < 20; second += 1) {
      clock.advance(1000);
      permit.admitted();
    }
    expect(limiter.currentRate).toBe(40);
  });

  test('I10: takes what the others of its stack leave, after half a minute without a refusal', async () => {
    const limiter = new RateLimiter(clock, 50, 4);
    const permit = (await limiter.acquire(Infinity)) as Permit;
    const letIn = (seconds: number) => {
      for (let second = 0; second < seconds; second += 1) {
        clock.advance(1000);
        permit.admitted();
      }
    };
    letIn(29);
    expect(limiter.currentRate).toBe(10);
    letIn(3);
    expect(limiter.currentRate).toBe(16);
    letIn(60);
    expect(limiter.currentRate).toBe(40);
    permit.throttled();
    expect(limiter.currentRate).toBe(20);
    letIn(29);
    expect(limiter.currentRate).toBe(20);
    (await limiter.acquire(Infinity))?.throttled();
    expect(limiter.currentRate).toBe(10);
    (await limiter.acquire(Infinity))?.throttled();
    expect(limiter.currentRate).toBe(5);
  });

  test('I10: no second sees more calls than documented, however far it has climbed', async () => {
    const limiter = new RateLimiter(clock, 50, 4);
    const begin = clock.now();
    const times: number[] = [];
    while (clock.now() < begin + 60_000) {
      const permit = await limiter.acquire(Infinity);
      times.push(clock.now() - begin);
      permit?.admitted();
    }
    expect(limiter.currentRate).toBe(40);
    expect(mostInASecond(times)).toBeLessThanOrEqual(50);
    expect(mostInASecond(times)).toBeGreaterThanOrEqual(40);
  });

  test('does not fall below a sixteenth, so that work goes on', async () => {
    const limiter = new RateLimiter(clock, 50, 1);
    for (let call = 0; call < 20; call += 1) (await limiter.acquire(Infinity))?.throttled();
    expect(limiter.currentRate).toBe(2.5);
  });

  test('I6: who cannot have a turn before the deadline is told at once', async () => {
    const limiter = new RateLimiter(clock, 5, 1);
    const until = start + 500;
    const got = await Promise.all([1, 2, 3, 4].map(() => limiter.acquire(until)));
    expect(got.map((permit) => permit !== undefined)).toEqual([true, true, false, false]);
    expect(clock.now()).toBe(start + 250);
  });

  test('the end of the connection ends all waiting', async () => {
    const ending = new AbortController();
    const limiter = new RateLimiter(clock, 5, 1);
    const waiting = Promise.all([1, 2, 3].map(() => limiter.acquire(Infinity, ending.signal)));
    await Promise.resolve();
    ending.abort();
    expect((await waiting).filter((permit) => permit === undefined)).toHaveLength(2);
    expect(clock.now()).toBe(start);
  });

  test('I10: connections that share a limiter have one rate, and the end of one is none of the other', async () => {
    const ending = new AbortController();
    const rates = new RateLimits(clock, 1);
    const order: string[] = [];
    const takes = async (name: string, signal?: AbortSignal) =>
      order.push(`${name} ${(await rates.of('A', 5).acquire(Infinity, signal)) ? clock.now() - start : 'ended'}`);
    const all = Promise.all([takes('one'), takes('other', ending.signal), takes('one'), takes('other')]);
    await Promise.resolve();
    ending.abort();
    await all;
    expect(order).toEqual(['one 0', 'other ended', 'one 250', 'other 500']);
  });
});
