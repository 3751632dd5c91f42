import { createHash, createHmac } from 'node:crypto';
import { sameText } from '../encoding';
import { type EmulatorRequest, header } from '../message';
import { Refusal } from './errors';
import { hostsOf } from './hosts';
import type { Claim } from './keys';

/** TC3-HMAC-SHA256 (cloud.tencent.com api/634, "signature v3"). */
export const tc3 = 'TC3-HMAC-SHA256';

/** `2026-01-02/iotcloud/tc3_request`. */
export interface Scope {
  date: string;
  service: string;
}

export interface Tc3Authorization extends Scope {
  secretId: string;
  signedHeaders: string[];
  signature: string;
}

/** By its headers, complete or not. The older signatures are among the parameters. */
export function isTc3(request: EmulatorRequest): boolean {
  return header(request, 'x-tc-action') !== undefined || header(request, 'authorization')?.startsWith(tc3) === true;
}

/** Throws where the request is not signed with TC3, or not completely. */
export function tc3Claim(request: EmulatorRequest): Claim {
  const authorization = readAuthorization(request);
  const timestamp = header(request, 'x-tc-timestamp');
  return {
    secretId: authorization.secretId,
    token: header(request, 'x-tc-token') || undefined,
    timestamp,
    nonce: undefined,
    isSignedBy: (secretKey) => isSignedBy(request, authorization, timestamp ?? '', secretKey),
  };
}

/** `TC3-HMAC-SHA256 Credential=id/date/service/tc3_request, SignedHeaders=a;b, Signature=hex`. */
export function readAuthorization(request: EmulatorRequest): Tc3Authorization {
  const [, credential = '', headers = '', signature = ''] =
    /^TC3-HMAC-SHA256 Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]+)$/.exec(
      header(request, 'authorization') ?? '',
    ) ?? [];
  // A custom endpoint makes `localhost:8080` the service of the vendor's Node SDK: any name counts.
  const [, secretId, date, service] = /^([^/]+)\/(\d{4}-\d\d-\d\d)\/([^/]+)\/tc3_request$/.exec(credential) ?? [];
  if (!secretId || !date || !service) {
    throw new Refusal('AuthFailure.InvalidAuthorization', 'The Authorization header is absent or malformed.');
  }
  return { secretId, date, service, signature, signedHeaders: headers.split(';') };
}

export interface CanonicalChoice {
  host?: string;
  /** The pages put the values of signed headers into lower case, the Node SDK leaves them as they are. */
  lowerCase?: boolean;
}

/** What the client signed, from what arrived. */
export function canonicalRequest(
  request: EmulatorRequest,
  signedHeaders: readonly string[],
  { host, lowerCase = true }: CanonicalChoice = {},
): string {
  const [path = '/', query = ''] = request.url.split('?');
  const valueOf = (name: string) => (name === 'host' && host ? host : (header(request, name) ?? ''));
  const names = [...signedHeaders].sort();
  const headers = names.map((name) => `${name}:${lowerCase ? valueOf(name).toLowerCase() : valueOf(name)}\n`).join('');
  return [request.method, path, query, headers, names.join(';'), sha256(request.body)].join('\n');
}

export function stringToSign(timestamp: string, { date, service }: Scope, canonical: string): string {
  return `${tc3}\n${timestamp}\n${date}/${service}/tc3_request\n${sha256(Buffer.from(canonical))}`;
}

/** The key of one day and one service. */
export function signingKey(secretKey: string, { date, service }: Scope): Buffer {
  return hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request');
}

export function signature(secretKey: string, scope: Scope, toSign: string): string {
  return hmac(signingKey(secretKey, scope), toSign).toString('hex');
}

/** The scope's date is that of the timestamp in UTC. */
export function dateOf(timestamp: string): string {
  return new Date(Number(timestamp) * 1000).toISOString().slice(0, 10);
}

function isSignedBy(
  request: EmulatorRequest,
  authorization: Tc3Authorization,
  timestamp: string,
  secretKey: string,
): boolean {
  const { signedHeaders } = authorization;
  if (!['content-type', 'host'].every((name) => signedHeaders.includes(name))) return false;
  if (authorization.date !== dateOf(timestamp)) return false;
  const choices = hostsOf(header(request, 'host') ?? '').flatMap((host) =>
    [true, false].map((lowerCase) => ({ host, lowerCase })),
  );
  return choices.some((choice) => {
    const canonical = canonicalRequest(request, signedHeaders, choice);
    return sameText(
      authorization.signature,
      signature(secretKey, authorization, stringToSign(timestamp, authorization, canonical)),
    );
  });
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
