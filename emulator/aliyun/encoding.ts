import { timingSafeEqual } from 'node:crypto';

/** Percent-encoding as Alibaba signs it: only `A–Z a–z 0–9 - _ . ~` stay (alibabacloud.com 2593177). */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Names and values of a query string or form, decoded, in order. `+` is a space in both. */
export function decodePairs(text: string): [string, string][] {
  return [...new URLSearchParams(text)];
}

/** Compares signatures in a time that tells nothing about them. */
export function sameText(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}
