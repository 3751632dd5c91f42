import type { EmulatorRequest, HttpAnswer, IotEmulator } from '../../../emulator';
import { canonicalRequest, dateOf, signature, stringToSign } from '../../../emulator/tencent/tc3';

export interface TencentKey {
  secretId: string;
  secretKey: string;
  token?: string;
}

export interface Tc3Options {
  /** @default the emulator's first key */
  key?: TencentKey;
  /** Milliseconds since 1970. @default now */
  date?: number;
  host?: string;
  method?: string;
  version?: string;
  /** @default content-type;host */
  signedHeaders?: string[];
  /** Headers over those that the client would set, before it signs. */
  headers?: Record<string, string>;
  /** Instead of the parameters as JSON. */
  body?: string;
  /** Path and query. */
  url?: string;
}

/** A call of API 3.0 as a client of the vendor's making would send it. */
export function tc3Call(
  key: TencentKey,
  operation: string,
  parameters: unknown = {},
  options: Tc3Options = {},
): EmulatorRequest {
  const { secretId, secretKey, token } = options.key ?? key;
  const timestamp = String(Math.floor((options.date ?? Date.now()) / 1000));
  const method = options.method ?? 'POST';
  const request: EmulatorRequest = {
    method,
    url: options.url ?? '/',
    headers: {
      host: options.host ?? 'iotcloud.tencentcloudapi.com',
      'content-type': 'application/json',
      'x-tc-action': operation,
      'x-tc-version': options.version ?? '2018-06-14',
      'x-tc-timestamp': timestamp,
      ...(token ? { 'x-tc-token': token } : {}),
      ...options.headers,
    },
    body: Buffer.from(options.body ?? (method === 'POST' ? JSON.stringify(parameters) : '')),
  };
  const signedHeaders = options.signedHeaders ?? ['content-type', 'host'];
  const scope = { date: dateOf(timestamp), service: 'iotcloud' };
  const signed = signature(secretKey, scope, stringToSign(timestamp, scope, canonicalRequest(request, signedHeaders)));
  const credential = `${secretId}/${scope.date}/${scope.service}/tc3_request`;
  const authorization = `TC3-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signed}`;
  return { ...request, headers: { ...request.headers, authorization } };
}

export interface Tc3Outcome {
  status: number;
  headers: Record<string, string>;
  delayMs: number;
  /** What is inside `Response`. */
  body: Record<string, unknown>;
  /** `Error.Code`; undefined in success. */
  code: string | undefined;
}

/** Calls the core without a socket, at the time of its own clock, and insists on an answer. */
export function callTc3(
  emulator: IotEmulator,
  operation: string,
  parameters: unknown = {},
  options: Tc3Options = {},
): Tc3Outcome {
  const date = emulator.clock.now();
  const answer = emulator.handle(tc3Call(emulator.tencent.apiKey, operation, parameters, { date, ...options }));
  if (answer.kind !== 'answered') throw new Error(`${operation}: the connection was dropped`);
  return tc3Outcome(answer);
}

export function tc3Outcome({ status, headers, delayMs, body }: HttpAnswer): Tc3Outcome {
  const { Response } = JSON.parse(body.toString()) as { Response: Record<string, unknown> };
  const error = Response.Error as { Code: string } | undefined;
  return { status, headers, delayMs, body: Response, code: error?.Code };
}
