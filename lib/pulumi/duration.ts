/** Seconds in a number of them, or in a text such as `45s`, `20m`, `1h30m`; undefined where it is neither. */
export function secondsIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  if (!/^(\d+(\.\d+)?(ms|h|m|s))+$/.test(value)) return undefined;
  return [...value.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)].reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * (SECONDS[unit] ?? 0),
    0,
  );
}

const SECONDS: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };
