import { withoutKeys } from './shown';

/** The first few values, quoted: `"a b", "c?" and 3 more`. */
export function quote(values: readonly string[]): string {
  const shown = values.slice(0, 5).map((value) => JSON.stringify(withoutKeys(value).slice(0, 80)));
  const rest = values.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
