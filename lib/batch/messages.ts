import type { DeviceFailure } from './ports/cloud';

/** The most names that one message lists; the rest is counted. */
const SHOWN = 8;

/** `light-017 (name exists), light-101 (name exists) and 3 more` */
export function listFailures(failures: readonly DeviceFailure[]): string {
  return listOf(failures.map(({ name, code, reason }) => `${name} (${reason || code || 'no reason given'})`));
}

/** The first few of the names, and how many more there are. */
export function listOf(names: readonly string[]): string {
  const rest = names.length - SHOWN;
  return names.slice(0, SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** `1 device`, `500 devices` */
export function devices(count: number): string {
  return `${count} device${count === 1 ? '' : 's'}`;
}
