import type { DeviceFailure } from './ports/cloud';

/** The most names that one message lists; the rest is counted. */
export const SHOWN = 8;

/** A cloud's reason beyond this is cut: messages are kept in the head of a batch, which has to stay small. */
const LONGEST_REASON = 300;

/** `light-017 (name exists), light-101 (name exists) and 3 more`; `count`: of how many these are the first. */
export function listFailures(failures: readonly DeviceFailure[], count = failures.length): string {
  const told = failures.slice(0, SHOWN).map(({ name, code, reason }) => {
    return `${name} (${(reason || code || 'no reason given').slice(0, LONGEST_REASON)})`;
  });
  return listOf(told, count);
}

/** The first few of the names, and how many more there are. */
export function listOf(names: readonly string[], count = names.length): string {
  const rest = count - Math.min(names.length, SHOWN);
  return names.slice(0, SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** As many of the names as fit into so many characters, and how many more there are. */
export function listWithin(names: readonly string[], characters: number): string {
  let shown = 0;
  for (let length = 0; shown < names.length; shown += 1) {
    length += (names[shown]?.length ?? 0) + 2;
    if (length > characters) break;
  }
  const rest = names.length - shown;
  return names.slice(0, shown).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** `1 device`, `500 devices` */
export function devices(count: number): string {
  return `${count} device${count === 1 ? '' : 's'}`;
}
