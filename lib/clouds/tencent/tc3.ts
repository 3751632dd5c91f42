import { createHash, createHmac } from 'node:crypto';
import type { HttpRequest } from '../http/transport';
import { seconds, type UnsignedCall } from './unsigned-call';

const ALGORITHM = 'TC3-HMAC-SHA256';
const TERMINATOR = 'tc3_request';

/** What a call of API 3.0 says of itself beside its action. */
export interface Tc3Options {
  version: string;
  region: string;
}

/**
 * Signs by TC3-HMAC-SHA256 (cloud.tencent.com api/634, "signature v3"): JSON in the body, everything else in headers. It has
 * no nonce: the same bytes may arrive twice.
 */
export function signTc3(call: UnsignedCall, { version, region }: Tc3Options): Omit<HttpRequest, 'timeoutMs'> {
  const body = JSON.stringify(call.parameters);
  const time = seconds(call.timestamp);
  const { secretId, secretKey, token } = call.credentials;
  const { host: _fromTheUrl, ...sent } = headersToSign(call);
  const { signature, scope, signedNames } = tc3Signature(headersToSign(call), body, time, secretKey);
  return {
    method: 'POST',
    url: `${call.endpoint.origin}/`,
    headers: {
      ...sent,
      'x-tc-version': version,
      'x-tc-region': region,
      'x-tc-timestamp': String(time),
      ...(token === undefined ? {} : { 'x-tc-token': token }),
      authorization: `${ALGORITHM} Credential=${secretId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`,
    },
    body,
  };
}

/** The signature of a POST to `/`. `canonicalHash` is what a server would compare first. */
export function tc3Signature(
  headers: Record<string, string>,
  body: string,
  time: number,
  secretKey: string,
  service = 'iotcloud',
) {
  const names = Object.keys(headers).sort();
  const signedNames = names.join(';');
  const lines = names.map((name) => `${name}:${headers[name]?.trim().toLowerCase()}\n`).join('');
  const canonicalHash = sha256(['POST', '/', '', lines, signedNames, sha256(body)].join('\n'));
  // The day of the timestamp in UTC, whatever the day here.
  const date = new Date(time * 1000).toISOString().slice(0, 10);
  const scope = `${date}/${service}/${TERMINATOR}`;
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), service), TERMINATOR);
  const signature = hmac(key, `${ALGORITHM}\n${time}\n${scope}\n${canonicalHash}`).toString('hex');
  return { signature, scope, signedNames, canonicalHash };
}

/** Host and content type must be signed; the action is, so that nobody on the way can make it another. */
function headersToSign({ endpoint, action }: UnsignedCall): Record<string, string> {
  return { 'content-type': 'application/json', host: endpoint.host, 'x-tc-action': action };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
