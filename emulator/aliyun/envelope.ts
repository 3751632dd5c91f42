import { type Fault, faultOf } from '../faults';
import { type HttpAnswer, textAnswer } from '../message';
import type { AliyunAssumptions } from './assumptions';
import { type BusinessError, GatewayError } from './errors';
import { jsonWithLongs } from './long';
import type { AnswerFormat } from './scheme';
import { reshapeWrappers } from './wrappers';
import { toXml } from './xml';

/** What every answer to one call has in common. */
export interface Envelope {
  format: AnswerFormat;
  requestId: string;
  /** The operation, for the XML root. */
  operation: string;
  host: string;
  assumptions: Readonly<AliyunAssumptions>;
  /** What the cloud's own clock shows. */
  shown: number;
}

export function success(envelope: Envelope, payload: Record<string, unknown>, faults: readonly Fault[]): HttpAnswer {
  const wrappers = faultOf(faults, 'wrappers');
  const code = envelope.assumptions.codeOfSuccess === 'empty' ? { Code: '' } : {};
  const body = { RequestId: envelope.requestId, Success: true, ...code, ...payload };
  return written(envelope, 200, rootOf(envelope), wrappers ? reshapeWrappers(body, wrappers.as) : body);
}

export function failure(envelope: Envelope, error: GatewayError | BusinessError): HttpAnswer {
  return error instanceof GatewayError ? gatewayFailure(envelope, error) : businessFailure(envelope, error);
}

/** Its XML has the root Error, which is what the vendor's SDK looks for (@alicloud/openapi-client 0.4.15). */
function gatewayFailure(envelope: Envelope, error: GatewayError): HttpAnswer {
  const body = {
    RequestId: envelope.requestId,
    HostId: envelope.host,
    Code: error.code,
    Message: error.message,
    Recommend: `https://next.api.aliyun.com/troubleshoot?q=${encodeURIComponent(error.code)}&product=Iot`,
  };
  const status = envelope.assumptions.gatewayStatuses[error.code] ?? error.status;
  return written(envelope, status, 'Error', body, error.headers);
}

function businessFailure(envelope: Envelope, error: BusinessError): HttpAnswer {
  const body = {
    RequestId: envelope.requestId,
    Success: false,
    ...(error.code === '' ? {} : { Code: error.code }),
    ErrorMessage: error.message,
    ...error.payload,
  };
  return written(envelope, envelope.assumptions.businessErrorStatus, rootOf(envelope), body);
}

function rootOf({ operation, assumptions }: Envelope): string {
  return operation === 'QueryBatchRegisterDeviceStatus' ? assumptions.statusXmlRoot : `${operation}Response`;
}

function written(
  { format, shown }: Envelope,
  status: number,
  root: string,
  body: unknown,
  headers: Record<string, string> = {},
): HttpAnswer {
  // `Date` is the cloud's clock, by which clients measure their own.
  const all = { ...headers, date: new Date(shown).toUTCString() };
  return format === 'JSON'
    ? textAnswer(status, 'application/json', jsonWithLongs(body), all)
    : textAnswer(status, 'text/xml', toXml(root, body), all);
}
