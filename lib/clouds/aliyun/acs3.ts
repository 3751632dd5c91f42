import { createHash, createHmac } from 'node:crypto';
import type { HttpRequest } from '../http/transport';
import { canonicalPairs } from './encode';
import { utcSeconds, type UnsignedCall } from './unsigned-call';

const ALGORITHM = 'ACS3-HMAC-SHA256';

/** Signs by ACS3-HMAC-SHA256, also called "V3" (help.aliyun.com/en/sdk/product-overview/v3-request-structure-and-signature). */
export function signAcs3(call: UnsignedCall): Omit<HttpRequest, 'timeoutMs'> {
  const { headers, signedNames, query, body, hash } = canonicalRequest(call);
  const { accessKeyId, accessKeySecret } = call.credentials;
  const signature = createHmac('sha256', accessKeySecret).update(`${ALGORITHM}\n${hash}`).digest('hex');
  const { host: _fromTheUrl, ...sent } = headers;
  return {
    method: 'POST',
    url: `${call.endpoint.origin}/${query === '' ? '' : `?${query}`}`,
    headers: {
      ...sent,
      accept: 'application/json',
      authorization: `${ALGORITHM} Credential=${accessKeyId},SignedHeaders=${signedNames},Signature=${signature}`,
    },
    body,
  };
}

/** What is signed; `hash` is its SHA-256, which a server that refuses a signature quotes. */
export function canonicalRequest(call: UnsignedCall) {
  const query = canonicalPairs(call.query);
  const body = canonicalPairs(call.form);
  const headers = headersToSign(call, body);
  const names = Object.keys(headers).sort();
  const signedNames = names.join(';');
  const lines = names.map((name) => `${name}:${headers[name]?.trim()}\n`).join('');
  const hash = sha256(['POST', '/', query, lines, signedNames, headers['x-acs-content-sha256']].join('\n'));
  return { headers, signedNames, query, body, hash };
}

/** The host, the content type where there is content, and every `x-acs-` header. */
function headersToSign(call: UnsignedCall, body: string): Record<string, string> {
  const { endpoint, action, version, credentials, timestamp, nonce } = call;
  return {
    host: endpoint.host,
    'x-acs-action': action,
    'x-acs-version': version,
    'x-acs-date': utcSeconds(timestamp),
    'x-acs-signature-nonce': nonce,
    'x-acs-content-sha256': sha256(body),
    ...(body === '' ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(credentials.securityToken === undefined
      ? {}
      : { 'x-acs-accesskey-id': credentials.accessKeyId, 'x-acs-security-token': credentials.securityToken }),
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
