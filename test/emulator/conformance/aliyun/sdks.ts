import Iot, * as models from '@alicloud/iot20180120';
import { Config } from '@alicloud/openapi-client';
import PopClient from '@alicloud/pop-core';
import type { Outcome, Sdk, Wire } from '../vendor';

export interface Keys {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}

/** The vendor's SDKs as they are published, with nothing but their endpoint set. */
export const sdks: readonly Sdk<Keys>[] = [
  { name: 'iot20180120 by ACS3', call: (...call) => byModels(undefined, ...call) },
  { name: 'iot20180120 by HMAC-SHA1', call: (...call) => byModels('v2', ...call) },
  { name: 'pop-core by POST', call: (...call) => byPopCore('POST', ...call) },
  { name: 'pop-core by GET', call: (...call) => byPopCore('GET', ...call) },
];

type Method = (request: unknown) => Promise<{ statusCode: number; body: { toMap(): Wire } }>;

async function byModels(
  signatureAlgorithm: 'v2' | undefined,
  url: string,
  keys: Keys,
  operation: string,
  parameters: Wire,
): Promise<Outcome> {
  const config = {
    ...keys,
    endpoint: new URL(url).host,
    protocol: 'http',
    regionId: 'cn-shanghai',
    signatureAlgorithm,
  };
  const client = new Iot(new Config(config)) as unknown as Record<string, Method>;
  const Request = (models as unknown as Record<string, new (map: Wire) => unknown>)[`${operation}Request`];
  const method = client[lowerFirst(operation)];
  if (!Request || !method) throw new Error(`the SDK has no ${operation}`);
  try {
    const { statusCode, body } = await method.call(client, new Request(asFields(parameters)));
    const map = body.toMap();
    return map.Success === true
      ? { body: map }
      : { code: map.Code as string, by: 'service', status: statusCode, body: map };
  } catch (error) {
    const { code, data } = error as { code?: string; data?: { statusCode?: number; Message?: string } };
    if (data?.statusCode === undefined) throw error;
    return { code, by: 'gateway', status: data.statusCode, message: data.Message };
  }
}

async function byPopCore(
  method: 'GET' | 'POST',
  endpoint: string,
  keys: Keys,
  operation: string,
  parameters: Wire,
): Promise<Outcome> {
  const client = new PopClient({ ...keys, endpoint, apiVersion: '2018-01-20' });
  try {
    return { body: await client.request<Wire>(operation, parameters, { method }) };
  } catch (error) {
    const { code, data, entry } = error as { code?: string; data?: Wire; entry?: { response: { statusCode: number } } };
    if (code === undefined || data === undefined) throw error;
    // Both kinds are thrown; only the service sends `Success`.
    const by = data.Success === false ? 'service' : 'gateway';
    const rest = by === 'service' ? { body: data } : { message: data.Message as string };
    return { code, by, status: entry?.response.statusCode, ...rest };
  }
}

/** `{ DeviceList: [{ DeviceName }] }` in the SDK's camel case. */
function asFields(value: Wire): Wire {
  const inner = (item: unknown): unknown =>
    Array.isArray(item) ? item.map(inner) : typeof item === 'object' && item !== null ? asFields(item as Wire) : item;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [lowerFirst(name), inner(item)]));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
