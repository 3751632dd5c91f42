import { timingSafeEqual } from 'node:crypto';

/** Names and values of a query string or form, decoded, in order. `+` is a space in both. */
export function decodePairs(text: string): [string, string][] {
  return [...new URLSearchParams(text)];
}

/** Compares signatures in a time that tells nothing about them. */
export function sameText(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}
