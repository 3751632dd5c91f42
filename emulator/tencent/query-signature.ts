import { createHmac } from 'node:crypto';
import { sameText } from '../encoding';
import { type EmulatorRequest, header } from '../message';
import { missing, Refusal } from './errors';
import { hostsOf } from './hosts';
import type { Claim } from './keys';

export type QuerySignatureMethod = 'HmacSHA1' | 'HmacSHA256';

/**
 * The signature among the parameters: "version 1" of API 3.0, and that of API 2.0 (cloud.tencent.com api/213/4772 and
 * api/214/1526). Both sign method, host, path and the parameters, sorted by name, as they are before they are encoded.
 */
export function querySignatureClaim(request: EmulatorRequest, pairs: ReadonlyMap<string, string>): Claim {
  const method = pairs.get('SignatureMethod') ?? 'HmacSHA1';
  if (method !== 'HmacSHA1' && method !== 'HmacSHA256') {
    throw new Refusal('InvalidParameterValue', 'The SignatureMethod must be HmacSHA1 or HmacSHA256.');
  }
  const claimed = required(pairs, 'Signature');
  return {
    secretId: required(pairs, 'SecretId'),
    token: pairs.get('Token') || undefined,
    timestamp: required(pairs, 'Timestamp'),
    nonce: required(pairs, 'Nonce'),
    isSignedBy: (secretKey) =>
      hostsOf(header(request, 'host') ?? '').some((host) =>
        sameText(claimed, signature(secretKey, method, stringToSign(request.method, host, pathOf(request), pairs))),
      ),
  };
}

export function stringToSign(
  method: string,
  host: string,
  path: string,
  pairs: Iterable<readonly [string, string]>,
): string {
  const renamed = path === '/' ? (name: string) => name : legacyName;
  const sorted = [...pairs]
    .filter(([name]) => name !== 'Signature')
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  return `${method}${host}${path}?${sorted.map(([name, value]) => `${renamed(name)}=${value}`).join('&')}`;
}

export function signature(secretKey: string, method: QuerySignatureMethod, text: string): string {
  return createHmac(method === 'HmacSHA256' ? 'sha256' : 'sha1', secretKey)
    .update(text)
    .digest('base64');
}

/** API 2.0 signs `_` within a name as `.` (qcloudapi-sdk 0.2.1). */
function legacyName(name: string): string {
  return name.startsWith('_') ? name : name.replaceAll('_', '.');
}

function required(pairs: ReadonlyMap<string, string>, name: string): string {
  const value = pairs.get(name);
  if (!value) throw missing(name);
  return value;
}

function pathOf(request: EmulatorRequest): string {
  return request.url.split('?')[0] ?? '/';
}
