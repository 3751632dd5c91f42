/**
 * `encodeURIComponent` of any text. Half a surrogate pair, which JSON can hold and UTF-8 cannot, is encoded as it is sent anywhere
 * else: as U+FFFD.
 */
export function percentEncode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return encodeURIComponent(Buffer.from(text).toString('utf8'));
  }
}
