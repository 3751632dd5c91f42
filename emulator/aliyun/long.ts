import { randomUUID } from 'node:crypto';

/** A whole number of 64 bits, such as an ApplyId: a bare number on the wire, also where JavaScript's own numbers end. */
export class Long {
  constructor(readonly digits: string) {}
}

/** No caller can guess it, so no text of theirs is taken for a number. */
const mark = randomUUID();
const marked = new RegExp(`"${mark}(\\d+)"`, 'g');

/** `JSON.rawJSON` would do, from Node 22 on. */
export function jsonWithLongs(value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) => (inner instanceof Long ? `${mark}${inner.digits}` : inner));
  return text.replace(marked, '$1');
}
