import { randomUUID } from 'node:crypto';
import type { EmulatorRequest, HttpAnswer, IotEmulator } from '../../emulator';
import { percentEncode } from '../../emulator/aliyun/encoding';
import { canonicalQuery, signature, stringToSign } from '../../emulator/aliyun/hmac-sha1';
import { flattened, type Parameters } from './signed-call';

export interface RpcOptions {
  /** @default the emulator's first key */
  key?: { accessKeyId: string; accessKeySecret: string; securityToken?: string };
  /** GET: everything in the query. POST: everything in the form, or `split`: the operation's own parameters only. */
  method?: 'GET' | 'POST';
  split?: boolean;
  /** Milliseconds since 1970. @default now */
  date?: number;
  nonce?: string;
  /** Left out where undefined. @default 'JSON' */
  format?: string;
  /** Over the common parameters, before they are signed; undefined leaves one out. */
  common?: Record<string, string | undefined>;
  headers?: Record<string, string>;
}

/** A call of the older scheme, HMAC-SHA1 in parameters, as a client of the vendor's making would send it. */
export function rpcCall(
  key: { accessKeyId: string; accessKeySecret: string; securityToken?: string },
  operation: string,
  parameters: Parameters = {},
  options: RpcOptions = {},
): EmulatorRequest {
  const { accessKeyId, accessKeySecret, securityToken } = options.key ?? key;
  const { method = 'POST' } = options;
  const common = flattened({
    Action: operation,
    Version: '2018-01-20',
    Format: 'format' in options ? options.format : 'JSON',
    AccessKeyId: accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: options.nonce ?? randomUUID(),
    Timestamp: `${new Date(options.date ?? Date.now()).toISOString().slice(0, 19)}Z`,
    SecurityToken: securityToken,
    ...options.common,
  });
  const own = flattened(parameters);
  const signed = signature(accessKeySecret, stringToSign(method, canonicalQuery([...common, ...own])));
  common.push(['Signature', signed]);
  const form = method === 'GET' ? [] : options.split ? own : [...common, ...own];
  const query = method === 'GET' ? [...common, ...own] : options.split ? common : [];
  return {
    method,
    url: query.length > 0 ? `/?${encoded(query)}` : '/',
    headers: {
      host: 'iot.cn-shanghai.aliyuncs.com',
      ...(form.length > 0 ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...options.headers,
    },
    body: Buffer.from(encoded(form)),
  };
}

export interface TextOutcome {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Calls the core without a socket, at the time of its own clock, and insists on an answer. */
export function callRpc(
  emulator: IotEmulator,
  operation: string,
  parameters: Parameters = {},
  options: RpcOptions = {},
): TextOutcome {
  return sent(
    emulator,
    rpcCall(emulator.aliyun.accessKey, operation, parameters, { date: emulator.clock.now(), ...options }),
  );
}

export function sent(emulator: IotEmulator, request: EmulatorRequest): TextOutcome {
  const { status, headers, body } = emulator.handle(request) as HttpAnswer;
  return { status, headers, text: body.toString() };
}

function encoded(pairs: readonly [string, string][]): string {
  return pairs.map(([name, value]) => `${name}=${percentEncode(value)}`).join('&');
}
