/** What every name begins with that a template lists. */
export const PREFIX = 'dev-';

/** A name that a template may list, or a stranger take. */
export function nthName(n: number): string {
  return PREFIX + String(n).padStart(2, '0');
}
