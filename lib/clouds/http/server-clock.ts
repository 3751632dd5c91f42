/**
 * How far the server's clock is ahead of ours, in milliseconds, by the `Date` header of an answer. The header has
 * whole seconds, so less than two seconds are no difference.
 */
export function clockSkew(dateHeader: string | undefined, sentAt: number, receivedAt: number): number | undefined {
  const server = Date.parse(dateHeader ?? '');
  if (Number.isNaN(server)) return undefined;
  const skew = server + 500 - (sentAt + receivedAt) / 2;
  return Math.abs(skew) < 2_000 ? 0 : Math.round(skew);
}
