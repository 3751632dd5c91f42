/**
 * A value that is not what it should be, for an error: texts as they are, but for what a URL has of users, keys and queries; of an
 * object only the names of its members, since somebody may have put keys where they do not belong.
 */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shortened(withoutKeys(value), 200));
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object' || value === null) return String(value);
  const names = Object.keys(value);
  return names.length === 0
    ? 'an empty object'
    : `an object of ${names
        .slice(0, 5)
        .map((name) => shortened(name, 50))
        .join(', ')}`;
}

/** A text without what a URL in it has of users, keys and queries. */
export function withoutKeys(text: string): string {
  return text.replace(/\/\/\S*@/g, '//[redacted]@').replace(/(\/\/[^?]*\?).*$/s, '$1[redacted]');
}

export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
