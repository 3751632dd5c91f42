/** A whole number of 64 bits, such as an ApplyId: a bare number on the wire, also where JavaScript's own numbers end. */
export class Long {
  constructor(readonly digits: string) {}
}

/** `JSON.rawJSON` would do, from Node 22 on. */
export function jsonWithLongs(value: unknown): string {
  const marked = JSON.stringify(value, (_, inner: unknown) =>
    inner instanceof Long ? `${mark}${inner.digits}${mark}` : inner,
  );
  return marked.replace(/"\\u0001(\d+)\\u0001"/g, '$1');
}

/** JSON escapes it, so no text of ours contains it as it stands. */
const mark = '\u0001';
