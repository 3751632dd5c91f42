import { createHmac } from 'node:crypto';
import type { HttpRequest } from '../http/transport';
import { type Parameters, seconds, type UnsignedCall } from './unsigned-call';

/** The one path of API 2.0. */
const LEGACY_PATH = '/v2/index.php';

/**
 * Signs a call of API 2.0 by HmacSHA256 (cloud.tencent.com api/214/1526). Everything travels in a form: a hundred names would
 * burst a URL, and URLs are logged, tokens and all.
 */
export function signLegacy(call: UnsignedCall): Omit<HttpRequest, 'timeoutMs'> {
  const pairs = flatten(commonParameters(call));
  const signature = querySignature(
    'POST',
    call.endpoint.host,
    LEGACY_PATH,
    pairs,
    call.credentials.secretKey,
    'sha256',
  );
  return {
    method: 'POST',
    url: `${call.endpoint.origin}${LEGACY_PATH}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams([...pairs, ['Signature', signature]]).toString(),
  };
}

/**
 * The signature of parameters, which are signed as they are before they are encoded, sorted by name, capitals first. That of
 * version 1 for API 3.0 is the same at the path `/`. No name of ours has an underscore, which API 2.0 would sign as a dot.
 */
export function querySignature(
  method: 'GET' | 'POST',
  host: string,
  path: string,
  pairs: readonly (readonly [string, string])[],
  secretKey: string,
  algorithm: 'sha1' | 'sha256',
): string {
  const query = [...pairs]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return createHmac(algorithm, secretKey).update(`${method}${host}${path}?${query}`, 'utf8').digest('base64');
}

export function flatten(parameters: Parameters): [string, string][] {
  return Object.entries(parameters).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return [];
    if (typeof value === 'object') return value.map((item, index) => [`${name}.${index}`, item]);
    return [[name, String(value)]];
  });
}

/** The action's own parameters and the common ones (cloud.tencent.com api/213/4772). */
function commonParameters({ action, parameters, credentials, timestamp, nonce }: UnsignedCall): Parameters {
  return {
    ...parameters,
    Action: action,
    // The one region of the service, in this API's short form (the vendor's Java and PHP clients of it).
    Region: 'gz',
    Timestamp: seconds(timestamp),
    // A positive number; the vendor's Java client stays below 2^31.
    Nonce: (Number.parseInt(nonce.slice(0, 8), 16) % 0x7fff_fffe) + 1,
    SecretId: credentials.secretId,
    SignatureMethod: 'HmacSHA256',
    Token: credentials.token,
  };
}
