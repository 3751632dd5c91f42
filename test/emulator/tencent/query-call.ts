import type { EmulatorRequest, IotEmulator } from '../../../emulator';
import { type QuerySignatureMethod, signature, stringToSign } from '../../../emulator/tencent/query-signature';
import { type Tc3Outcome, tc3Outcome, type TencentKey } from './tc3-call';

export type FlatParameters = Record<string, string | number | readonly string[]>;

export interface QueryOptions {
  /** @default the emulator's first key */
  key?: TencentKey;
  /** Milliseconds since 1970. @default now */
  date?: number;
  nonce?: number;
  host?: string;
  method?: 'GET' | 'POST';
  /** @default none, which means HmacSHA1 */
  signatureMethod?: QuerySignatureMethod;
  /** Instead of the right one. */
  signature?: string;
  /** Common parameters over those that the client would send, before it signs. */
  common?: Record<string, string>;
}

let nonces = 0;

/** A call signed among its parameters: of API 2.0, or (at the path `/`, with a Version) of API 3.0. */
export function queryCall(
  key: TencentKey,
  path: string,
  action: string,
  parameters: FlatParameters = {},
  options: QueryOptions = {},
): EmulatorRequest {
  const { secretId, secretKey, token } = options.key ?? key;
  const { method = 'GET', host = 'iotcloud.api.qcloud.com', signatureMethod } = options;
  const pairs = new Map<string, string>(
    Object.entries({
      Action: action,
      Region: 'gz',
      Timestamp: String(Math.floor((options.date ?? Date.now()) / 1000)),
      Nonce: String(options.nonce ?? ++nonces),
      SecretId: secretId,
      ...(signatureMethod ? { SignatureMethod: signatureMethod } : {}),
      ...(token ? { Token: token } : {}),
      ...options.common,
      ...Object.fromEntries(flattened(parameters)),
    }),
  );
  const signed = signature(secretKey, signatureMethod ?? 'HmacSHA1', stringToSign(method, host, path, pairs));
  const sent = new URLSearchParams([...pairs, ['Signature', options.signature ?? signed]]).toString();
  const form = method === 'POST';
  return {
    method,
    url: form ? path : `${path}?${sent}`,
    headers: { host, ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
    body: Buffer.from(form ? sent : ''),
  };
}

export interface LegacyOutcome {
  status: number;
  code: number | string;
  message: string;
  body: Record<string, unknown>;
}

/** An action of API 2.0, without a socket. */
export function callLegacy(
  emulator: IotEmulator,
  action: string,
  parameters: FlatParameters = {},
  options: QueryOptions = {},
): LegacyOutcome {
  const date = emulator.clock.now();
  const request = queryCall(emulator.tencent.apiKey, '/v2/index.php', action, parameters, { date, ...options });
  const answer = emulator.handle(request);
  if (answer.kind !== 'answered') throw new Error(`${action}: the connection was dropped`);
  const body = JSON.parse(answer.body.toString()) as Record<string, unknown>;
  return { status: answer.status, code: body.code as number, message: body.message as string, body };
}

/** An operation of API 3.0 with a signature of version 1, without a socket. */
export function callVersion1(
  emulator: IotEmulator,
  action: string,
  parameters: FlatParameters = {},
  options: QueryOptions = {},
): Tc3Outcome {
  const date = emulator.clock.now();
  const common = { Version: '2018-06-14', ...options.common };
  const all = { host: 'iotcloud.tencentcloudapi.com', date, ...options, common };
  const answer = emulator.handle(queryCall(emulator.tencent.apiKey, '/', action, parameters, all));
  if (answer.kind !== 'answered') throw new Error(`${action}: the connection was dropped`);
  return tc3Outcome(answer);
}

/** `names: ['a', 'b']` becomes `names.0`, `names.1`. */
function flattened(parameters: FlatParameters): [string, string][] {
  return Object.entries(parameters).flatMap(([name, value]): [string, string][] =>
    typeof value === 'object' ? value.map((item, index) => [`${name}.${index}`, item]) : [[name, String(value)]],
  );
}
