/** Percent-encoding as Alibaba signs it: only `A–Z a–z 0–9 - _ . ~` stay (alibabacloud.com 2593177). */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
