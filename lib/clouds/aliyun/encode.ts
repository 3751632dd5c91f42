import { percentEncode } from '../../batch/percent-encode';

/** A parameter's value; a list becomes `Name.1`, `Name.2`, … (help.aliyun.com 69482). Undefined ones are left out. */
export type Parameters = Record<string, string | number | readonly string[] | undefined>;

/**
 * Percent-encodes all but `A–Z a–z 0–9 - _ . ~`. One encoder for what is signed and what is sent: the server signs
 * what it receives (help.aliyun.com, "V3 request structure and signature").
 */
export function enc(text: string): string {
  return percentEncode(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `key=value` pairs sorted by their raw keys in code-unit order: `DeviceName.10` stands before `DeviceName.2`. */
export function canonicalPairs(parameters: Parameters): string {
  return flatten(parameters)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${enc(key)}=${enc(value)}`)
    .join('&');
}

function flatten(parameters: Parameters): [string, string][] {
  return Object.entries(parameters).flatMap(([key, value]): [string, string][] => {
    if (value === undefined) return [];
    if (typeof value === 'object') return value.map((item, index) => [`${key}.${index + 1}`, item]);
    return [[key, String(value)]];
  });
}
