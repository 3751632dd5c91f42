import { retryAfterMs } from '../../../lib/clouds/http/retry-after';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('how long a server asks to wait', () => {
  test.each([
    ['0', 0],
    ['7', 7_000],
    [' 120 ', 120_000],
    [new Date(now + 30_000).toUTCString(), 30_000],
    // What has passed asks for nothing.
    [new Date(now - 30_000).toUTCString(), 0],
  ])('of %p is %p ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });

  test.each([[undefined], [''], ['  '], ['soon'], ['120 s'], ['x7']])('of %p is unknown', (header) => {
    expect(retryAfterMs(header, now)).toBeUndefined();
  });
});
