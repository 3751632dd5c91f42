import { delay, poll } from '../../lib/batch/poll';
import { TimeLeft, Yielded } from '../../lib/batch/time-left';
import { VirtualClock } from '../support/virtual-clock';

const HOUR = 3600_000;

describe('the delay between two looks', () => {
  it('is a twentieth of what has passed, give or take a quarter, half a second at least and five at most', () => {
    expect(delay(60_000, 0.5)).toBe(3_000);
    expect(delay(60_000, 0)).toBe(2_250);
    expect(delay(60_000, 1)).toBe(3_750);
    expect(delay(0, 0.5)).toBe(500);
    expect(delay(HOUR, 0.5)).toBe(5_000);
  });
});

describe('waiting', () => {
  let clock: VirtualClock;
  let began: number;
  beforeEach(() => {
    clock = new VirtualClock();
    began = clock.now();
  });

  /** The times of all looks until the time is over, and what is said then. */
  async function looksUntil(time: TimeLeft): Promise<{ looks: number[]; error: Error }> {
    const looks: number[] = [];
    const look = async () => {
      looks.push(clock.now() - began);
      return { seen: { [looks.length < 3 ? 'checking' : 'running']: 2 } };
    };
    const error = await poll(clock, time, 'while it was tried', look).catch((reason: unknown) => reason as Error);
    return { looks, error: error as Error };
  }

  it('looks at once, then less and less often, and for the last time just before the end', async () => {
    const { looks } = await looksUntil(new TimeLeft(clock, began + 2 * HOUR, began + HOUR));
    expect(looks[0]).toBe(0);
    expect(looks[1]).toBeLessThan(1_000);
    expect(looks.at(-1)).toBe(HOUR - 2_000);
    const gaps = looks.slice(1).map((at, i) => at - (looks[i] as number));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(6_250);
    expect(Math.min(...gaps.slice(-100, -1))).toBeGreaterThanOrEqual(3_750);
  });

  it('says at the end what was seen last, and how often what was seen in all', async () => {
    const { looks, error } = await looksUntil(new TimeLeft(clock, began + HOUR, began + 5_000));
    const running = 2 * (looks.length - 2);
    expect(error).toMatchObject({ code: 'DeadlineReached' });
    expect(error.message).toBe(
      `the time-out was reached while it was tried: 2 running (seen in ${looks.length} looks: checking ×4, running ×${running})`,
    );
  });

  it('brings what was waited for', async () => {
    const time = new TimeLeft(clock, began + HOUR, began + HOUR);
    let looks = 0;
    const look = async () => (++looks < 4 ? { seen: {} } : { done: 'it', seen: {} });
    expect(await poll(clock, time, 'while it was tried', look)).toBe('it');
  });

  it('goes on in another invocation where this one ends before', async () => {
    const { error } = await looksUntil(new TimeLeft(clock, began + 10_000, began + HOUR));
    expect(error).toBeInstanceOf(Yielded);
    expect(clock.now()).toBeLessThan(began + 10_000);
  });
});

describe('the time that is left', () => {
  const until = 1_000_000;
  const at = (now: number, limit: number, ending?: AbortSignal) =>
    new TimeLeft(new VirtualClock(now), until, limit, ending);
  const why = () => 'while it was tried';

  it('is over for the operation at its limit, and for the invocation at its own', () => {
    expect(() => at(until - 1, until).check(why)).not.toThrow();
    expect(() => at(until, until).check(why)).toThrow('the time-out was reached while it was tried');
    expect(() => at(until, 2 * until).check(why)).toThrow(Yielded);
    expect(() => at(0, until, AbortSignal.abort()).check(why)).toThrow(Yielded);
  });

  it('is never more for a part of the work than for the whole', () => {
    expect(at(0, until).limitedTo(2 * until).limit).toBe(until);
    expect(at(0, until).limitedTo(7).limit).toBe(7);
  });

  it('has no pause in it any more where the last look is over, or the invocation', async () => {
    await expect(at(until - 2_000, until).pause(1, why)).rejects.toThrow('the time-out was reached');
    await expect(at(until - 10, 2 * until).pause(10, why)).rejects.toThrow(Yielded);
    await expect(at(until - 10, 2 * until).pause(9, why)).resolves.toBeUndefined();
  });

  it('ends in the middle of a pause where the work is asked to stop', async () => {
    const ending = new AbortController();
    const clock = new VirtualClock(0);
    const pause = new TimeLeft(clock, until, until, ending.signal).pause(1_000, why);
    ending.abort();
    await expect(pause).rejects.toThrow(Yielded);
    expect(clock.now()).toBeLessThan(1_000);
  });
});
