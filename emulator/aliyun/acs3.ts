import { createHash, createHmac } from 'node:crypto';
import { decodePairs, sameText } from '../encoding';
import { type EmulatorRequest, header } from '../message';
import type { Claim } from './claim';
import { percentEncode } from './encoding';
import { GatewayError } from './errors';

/** ACS3-HMAC-SHA256, "signature V3" (alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature). */
export const acs3 = 'ACS3-HMAC-SHA256';

export interface Acs3Authorization {
  accessKeyId: string;
  signedHeaders: string[];
  signature: string;
}

export function isAcs3(request: EmulatorRequest): boolean {
  return header(request, 'authorization')?.startsWith(`${acs3} `) ?? false;
}

/** Throws where the request is not signed with ACS3, or not completely. */
export function acs3Claim(request: EmulatorRequest): Claim {
  const authorization = readAuthorization(request);
  if (!authorization) {
    throw new GatewayError(400, 'IncompleteSignature', `There is neither a Signature nor an Authorization of ${acs3}.`);
  }
  return {
    accessKeyId: authorization.accessKeyId,
    securityToken: header(request, 'x-acs-security-token'),
    date: header(request, 'x-acs-date'),
    nonce: header(request, 'x-acs-signature-nonce') ?? '',
    verify: (secret) => verifySignature(request, authorization, secret),
  };
}

/** Reads `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=a;b,Signature=…`; undefined where it is another scheme. */
export function readAuthorization(request: EmulatorRequest): Acs3Authorization | undefined {
  const value = header(request, 'authorization');
  if (!value?.startsWith(`${acs3} `)) return undefined;
  const parts = new Map(
    value
      .slice(acs3.length)
      .split(',')
      .map((part) => {
        const [name = '', ...rest] = part.trim().split('=');
        return [name, rest.join('=')];
      }),
  );
  const accessKeyId = parts.get('Credential');
  const signature = parts.get('Signature');
  const signedHeaders = parts.get('SignedHeaders')?.split(';').filter(Boolean);
  if (!accessKeyId || !signature || !signedHeaders?.length) {
    throw new GatewayError(400, 'IncompleteSignature', 'The Authorization header lacks a part.');
  }
  return { accessKeyId, signature, signedHeaders };
}

/** What the client signed, from what arrived. */
export function canonicalRequest(request: EmulatorRequest, signedHeaders: readonly string[]): string {
  const [path = '/', query = ''] = splitOnce(request.url, '?');
  const canonicalQuery = decodePairs(query)
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([key, value]) => `${percentEncode(key)}=${percentEncode(value)}`)
    .join('&');
  const names = signedHeaders.map((name) => name.toLowerCase()).sort();
  const canonicalHeaders = names.map((name) => `${name}:${signedHeader(request, name)}\n`).join('');
  // The hash is of the bytes that arrived, never the one that the client claims.
  return [request.method, path, canonicalQuery, canonicalHeaders, names.join(';'), sha256(request.body)].join('\n');
}

export function stringToSign(canonical: string): string {
  return `${acs3}\n${sha256(Buffer.from(canonical))}`;
}

/** No key derivation and no suffix, unlike the vendor's HMAC-SHA1 scheme. */
export function signature(secret: string, toSign: string): string {
  return createHmac('sha256', secret).update(toSign).digest('hex');
}

/** Throws where the signature is not this secret's over exactly this request. */
export function verifySignature(request: EmulatorRequest, authorization: Acs3Authorization, secret: string): void {
  const unsigned = mustBeSigned(request).filter((name) => !authorization.signedHeaders.includes(name));
  if (unsigned.length > 0) {
    throw new GatewayError(400, 'IncompleteSignature', `These headers must be signed: ${unsigned.join(', ')}.`);
  }
  const canonical = canonicalRequest(request, authorization.signedHeaders);
  const toSign = stringToSign(canonical);
  const claimedHash = header(request, 'x-acs-content-sha256');
  if (claimedHash !== sha256(request.body) || !sameText(authorization.signature, signature(secret, toSign))) {
    // The vendor shows what it computed, too. What is as secret as the key is masked.
    const shown = canonical
      .replace(/^(x-acs-security-token:).*$/m, '$1***')
      .replace(/(DeviceSecret|AppKey|PinCode)=[^&\n]*/g, '$1=***');
    throw new GatewayError(
      400,
      'SignatureDoesNotMatch',
      `Specified signature does not match our calculation. server string to sign is:${toSign} server canonical request is:${shown}`,
    );
  }
}

/** All `x-acs-*`, the host, and the content type where there is one. */
function mustBeSigned(request: EmulatorRequest): string[] {
  const required = [
    'host',
    'x-acs-action',
    'x-acs-version',
    'x-acs-date',
    'x-acs-signature-nonce',
    'x-acs-content-sha256',
  ];
  const present = Object.keys(request.headers).filter((name) => name.startsWith('x-acs-') || name === 'content-type');
  return [...new Set([...required, ...present])];
}

function signedHeader(request: EmulatorRequest, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value)
    ? value
        .map((one) => one.trim())
        .sort()
        .join(',')
    : (value?.trim() ?? '');
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
