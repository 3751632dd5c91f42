import { createHash, randomUUID } from 'node:crypto';
import type { EmulatorRequest, HttpAnswer, IotEmulator } from '../../emulator';
import { canonicalRequest, signature, stringToSign } from '../../emulator/aliyun/acs3';
import { percentEncode } from '../../emulator/aliyun/encoding';

export type Parameters = Record<string, string | number | readonly string[] | undefined>;

export interface CallOptions {
  /** @default the emulator's first key */
  key?: { accessKeyId: string; accessKeySecret: string; securityToken?: string };
  /** Parameters in the urlencoded body instead of the query. */
  form?: Parameters;
  /** Milliseconds since 1970. @default now */
  date?: number;
  nonce?: string;
  host?: string;
  method?: string;
  /** Headers over those that the client would set, before it signs. */
  headers?: Record<string, string>;
}

/** A call as a client of the vendor's making would send it. */
export function signedCall(
  key: { accessKeyId: string; accessKeySecret: string; securityToken?: string },
  operation: string,
  parameters: Parameters = {},
  options: CallOptions = {},
): EmulatorRequest {
  const body = Buffer.from(options.form ? encoded(options.form) : '');
  const { securityToken, accessKeyId, accessKeySecret } = options.key ?? key;
  const query = encoded(parameters);
  const request: EmulatorRequest = {
    method: options.method ?? 'POST',
    url: query ? `/?${query}` : '/',
    headers: {
      host: options.host ?? 'iot.cn-shanghai.aliyuncs.com',
      'x-acs-action': operation,
      'x-acs-version': '2018-01-20',
      'x-acs-date': `${new Date(options.date ?? Date.now()).toISOString().slice(0, 19)}Z`,
      'x-acs-signature-nonce': options.nonce ?? randomUUID(),
      'x-acs-content-sha256': createHash('sha256').update(body).digest('hex'),
      ...(body.length > 0 ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...(securityToken ? { 'x-acs-accesskey-id': accessKeyId, 'x-acs-security-token': securityToken } : {}),
      ...options.headers,
    },
    body,
  };
  const signedHeaders = Object.keys(request.headers).sort();
  const signed = signature(accessKeySecret, stringToSign(canonicalRequest(request, signedHeaders)));
  const authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${signedHeaders.join(';')},Signature=${signed}`;
  return { ...request, headers: { ...request.headers, authorization, accept: 'application/json' } };
}

export interface Outcome {
  status: number;
  headers: Record<string, string>;
  delayMs: number;
  body: Record<string, unknown>;
}

/** Calls the core without a socket, at the time of its own clock, and insists on an answer. */
export function call(
  emulator: IotEmulator,
  operation: string,
  parameters: Parameters = {},
  options: CallOptions = {},
): Outcome {
  const answer = emulator.handle(
    signedCall(emulator.aliyun.accessKey, operation, parameters, { date: emulator.clock.now(), ...options }),
  );
  if (answer.kind !== 'answered') throw new Error(`${operation}: the connection was dropped`);
  return outcomeOf(answer);
}

export function outcomeOf({ status, headers, delayMs, body }: HttpAnswer): Outcome {
  return { status, headers, delayMs, body: JSON.parse(body.toString()) as Record<string, unknown> };
}

/** Sends the call over a real socket. */
export function fetchCall(url: string, request: EmulatorRequest): Promise<Response> {
  const headers = new Headers(request.headers as Record<string, string>);
  headers.delete('host');
  return fetch(new URL(request.url, url), {
    method: request.method,
    headers,
    ...(request.body.length > 0 ? { body: new Uint8Array(request.body) } : {}),
  });
}

/** A clock that stands still until it is told. */
export class VirtualClock {
  constructor(public time = Date.parse('2026-01-02T03:04:05Z')) {}
  now(): number {
    return this.time;
  }
  pass(ms: number): void {
    this.time += ms;
  }
}

/** `Name: ['a', 'b']` becomes `Name.1`, `Name.2`; undefined is left out. */
export function flattened(parameters: Parameters): [string, string][] {
  return Object.entries(parameters).flatMap(([name, value]): [string, string][] =>
    value === undefined
      ? []
      : typeof value === 'object'
        ? value.map((item, index) => [`${name}.${index + 1}`, item])
        : [[name, String(value)]],
  );
}

function encoded(parameters: Parameters): string {
  return flattened(parameters)
    .map(([name, value]) => `${name}=${percentEncode(value)}`)
    .join('&');
}
