import QcloudApi from 'qcloudapi-sdk';
import { iotcloud } from 'tencentcloud-sdk-nodejs/tencentcloud/services/iotcloud';
import type { Outcome, Sdk, Wire } from '../vendor';

export interface Keys {
  secretId: string;
  secretKey: string;
  token?: string;
}

type SignMethod = 'TC3-HMAC-SHA256' | 'HmacSHA256' | 'HmacSHA1';
type HttpMethod = 'GET' | 'POST';

/** The vendor's SDK of API 3.0 as it is published, with nothing but its endpoint set. */
export const sdksOfApi3: readonly Sdk<Keys>[] = [
  { name: 'nodejs by TC3', call: (...call) => byNodejs('TC3-HMAC-SHA256', 'POST', ...call) },
  { name: 'nodejs by TC3, GET', call: (...call) => byNodejs('TC3-HMAC-SHA256', 'GET', ...call) },
  { name: 'nodejs by HmacSHA256', call: (...call) => byNodejs('HmacSHA256', 'POST', ...call) },
  { name: 'nodejs by HmacSHA1, GET', call: (...call) => byNodejs('HmacSHA1', 'GET', ...call) },
];

/** Its client of API 2.0. */
export const sdksOfApi2: readonly Sdk<Keys>[] = [
  { name: 'qcloudapi by sha1', call: (...call) => byQcloudapi('sha1', 'POST', ...call) },
  { name: 'qcloudapi by sha1, GET', call: (...call) => byQcloudapi('sha1', 'GET', ...call) },
  { name: 'qcloudapi by sha256', call: (...call) => byQcloudapi('sha256', 'POST', ...call) },
  { name: 'qcloudapi by sha256, GET', call: (...call) => byQcloudapi('sha256', 'GET', ...call) },
];

async function byNodejs(
  signMethod: SignMethod,
  reqMethod: HttpMethod,
  url: string,
  credential: Keys,
  operation: string,
  parameters: Wire,
): Promise<Outcome> {
  const httpProfile = { endpoint: new URL(url).host, protocol: 'http://', reqMethod };
  const client = new iotcloud.v20180614.Client({ credential, region: '', profile: { signMethod, httpProfile } });
  const method = (client as unknown as Record<string, ((request: Wire) => Promise<Wire>) | undefined>)[operation];
  try {
    const answer = method ? method.call(client, parameters) : client.request(operation, parameters);
    return { body: (await answer) as Wire };
  } catch (error) {
    const { code, message, requestId } = error as { code?: string; message: string; requestId: string };
    if (code === undefined) throw error;
    return { code, by: 'service', message, body: { RequestId: requestId } };
  }
}

async function byQcloudapi(
  signatureMethod: 'sha1' | 'sha256',
  method: HttpMethod,
  url: string,
  { secretId: SecretId, secretKey: SecretKey, token }: Keys,
  operation: string,
  parameters: Wire,
): Promise<Outcome> {
  const host = new URL(url).host;
  const client = new QcloudApi({ host, protocol: 'http', method, signatureMethod, SecretId, SecretKey, Region: 'gz' });
  const data = { Action: operation, ...parameters, ...(token ? { Token: token } : {}) };
  const body = await new Promise<unknown>((resolve, reject) =>
    client.request(data, (error, answer) => (error ? reject(error) : resolve(answer))),
  );
  // It hands on whatever has come: that a text is no answer is for its caller to see.
  if (typeof body !== 'object' || body === null) throw new Error('this is no answer');
  const { code, message } = body as { code: number; message: string };
  if (code === 0) return { body: body as Wire };
  const module = /^\((\d+)\)/.exec(message)?.[1];
  return { code: module ?? String(code), by: 'service', message, body: body as Wire };
}
