import { clockSkew } from '../../../lib/clouds/http/server-clock';

describe("the server's clock", () => {
  const sent = Date.UTC(2026, 0, 2, 3, 4, 5);
  const header = (ms: number) => new Date(sent + ms).toUTCString();

  test('is measured in the middle of the exchange', () =>
    expect(clockSkew(header(3_600_000), sent, sent + 1_000)).toBe(3_600_000));
  test('may be behind', () => expect(clockSkew(header(-60_000), sent, sent)).toBe(-59_500));
  test('is not different within the precision of its header', () =>
    expect(clockSkew(header(-1_000), sent, sent + 400)).toBe(0));
  test('is unknown without a date', () => {
    expect(clockSkew(undefined, sent, sent)).toBeUndefined();
    expect(clockSkew('yesterday', sent, sent)).toBeUndefined();
  });
});
