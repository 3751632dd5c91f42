import { CloudError, type CloudErrorKind } from '../../../lib/batch/ports/cloud';
import { delayAfter, retry } from '../../../lib/clouds/http/retry';
import { retryAfterMs } from '../../../lib/clouds/http/retry-after';
import { VirtualClock } from '../virtual-clock';

const failure = (kind: CloudErrorKind, retryAfter?: number) =>
  new CloudError(kind, 'Some.Code', 'failed', { operation: 'Some', retryAfterMs: retryAfter });

describe('repeating a call', () => {
  let clock: VirtualClock;
  beforeEach(() => {
    clock = new VirtualClock();
  });

  const failing = (...errors: unknown[]) => {
    const attempt = jest.fn(async () => {
      if (errors.length > 0) throw errors.shift();
      return 'done';
    });
    return attempt;
  };

  test('waits a random part of a time that doubles up to a cap', async () => {
    clock.chance = 1;
    const backoff = { attempts: 6, baseMs: 100, capMs: 700 };
    await expect(
      retry(failing(...Array<CloudError>(9).fill(failure('transient'))), { clock, until: Infinity, backoff }),
    ).rejects.toThrow('failed');
    expect(clock.slept).toEqual([100, 200, 400, 700, 700]);
    expect(delayAfter(3, backoff, 0.25)).toBe(100);
    expect(delayAfter(3, backoff, 0)).toBe(0);
  });

  test('ends with the first success', async () => {
    const attempt = failing(failure('transient'), failure('throttled'));
    expect(await retry(attempt, { clock, until: Infinity })).toBe('done');
    expect(attempt).toHaveBeenCalledTimes(3);
    expect(clock.slept).toEqual([125, 250]);
  });

  test("follows the cloud's hint up to two minutes, with jitter on top", async () => {
    const attempt = failing(failure('throttled', 3_000), failure('throttled', 600_000));
    await retry(attempt, { clock, until: Infinity });
    expect(clock.slept).toEqual([3_125, 120_250]);
  });

  test.each<CloudErrorKind>(['outcomeUnknown', 'credentials', 'permanent'])('never repeats %s', async (kind) => {
    const attempt = failing(failure(kind));
    await expect(retry(attempt, { clock, until: Infinity })).rejects.toMatchObject({ kind });
    expect(attempt).toHaveBeenCalledTimes(1);
  });

  test('never repeats what is no error of the cloud', async () => {
    const attempt = failing(new TypeError('a bug'));
    await expect(retry(attempt, { clock, until: Infinity })).rejects.toThrow(TypeError);
    expect(attempt).toHaveBeenCalledTimes(1);
  });

  test('I6: a delay that would reach the deadline is not begun', async () => {
    clock.chance = 1;
    const attempt = failing(...Array<CloudError>(9).fill(failure('transient')));
    await expect(retry(attempt, { clock, until: clock.now() + 750 })).rejects.toThrow('failed');
    expect(clock.slept).toEqual([250]);
  });
});

describe('the Retry-After header', () => {
  const now = Date.UTC(2026, 0, 2, 3, 4, 5);
  test.each([
    ['7', 7_000],
    ['Fri, 02 Jan 2026 03:04:15 GMT', 10_000],
    ['Fri, 02 Jan 2026 03:04:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%p asks for %p ms', (header, ms) => expect(retryAfterMs(header, now)).toBe(ms));
});
