import type * as z from 'zod';
import type { Outcome } from '../http/api-client';
import { parseLosslessly } from '../http/lossless-json';
import { retryAfterMs } from '../http/retry-after';
import type { HttpResponse } from '../http/transport';
import { parseXml } from '../http/xml';
import { meaningOf } from './codes';
import { failureOf, type Failure, type Repeatability } from './failure';
import type { Operation } from './operation';
import { caseless, flag, optionalText } from './schema';

/**
 * Reads an answer. Business failures come with HTTP 200 and, on some newer pages, 400: `Success` and `Code` decide,
 * the status only where both are missing. A body is never quoted: it may hold the secrets of devices.
 */
export function readAnswer<Answer>(operation: Operation<Answer>, response: HttpResponse, now: number): Outcome<Answer> {
  const { status: httpStatus } = response;
  const body = parse(response.body);
  const parsed = envelope.safeParse(body);
  if (!parsed.success || (parsed.data.Success === undefined && parsed.data.Code === undefined)) {
    return { failure: unreadable(response) };
  }
  const { Success, Code = 'NoCode', ErrorMessage, Message, RequestId: requestId } = parsed.data;
  const answer = operation.answer.safeParse(body);
  if (Success === true && answer.success) return { answer: answer.data };
  if (Success === true)
    return { failure: { ...incomplete(operation, answer.error ?? { issues: [] }), requestId, httpStatus } };
  if (answer.success && operation.answersDespite?.(answer.data)) return { answer: answer.data };
  if (Code === 'NoCode') return { failure: { ...refusedWithoutCode(ErrorMessage ?? Message), requestId, httpStatus } };
  return {
    failure: failureOf(Code, ErrorMessage ?? Message ?? '', {
      requestId,
      httpStatus,
      retryAfterMs: hint(response, now),
    }),
  };
}

/** `ErrorMessage` is the service's, `Message` the gateway's. */
const envelope = caseless({
  RequestId: optionalText,
  Success: flag.nullish(),
  Code: optionalText,
  ErrorMessage: optionalText,
  Message: optionalText,
});

/**
 * JSON is asked for, but a gateway may answer in XML all the same, which is its default (help.aliyun.com 30561). The
 * body tells: the content type is the gateway's or some proxy's.
 */
function parse(body: string): unknown {
  const text = body.trimStart();
  try {
    return text.startsWith('<') ? parseXml(text) : parseLosslessly(text);
  } catch {
    return undefined;
  }
}

/** No answer of this API: a proxy's page, a cut text. A 4xx says that nothing was executed, the rest says nothing. */
function unreadable({ status, headers, body }: HttpResponse): Failure {
  const type = headers['content-type'] ?? 'no content type';
  const text = `the answer is not the cloud's: HTTP ${status}, ${type}, ${body.length} characters`;
  const code = 'UnreadableAnswer';
  if (status === 429) return { code, text, meaning: meaningOf(code, status).meaning, httpStatus: status };
  if (status >= 400 && status < 500 && status !== 408) {
    return {
      code,
      text,
      meaning: 'permanent',
      advice: 'check the endpoint and any proxy on the way',
      httpStatus: status,
    };
  }
  return { code, text, meaning: 'uncertain', httpStatus: status };
}

/** It worked, but what we need is not in it: the same call would answer the same. */
function incomplete(operation: Repeatability, { issues: [issue] }: Pick<z.ZodError, 'issues'>): Failure {
  const member = issue?.path.join('.') || 'the answer';
  // zod's messages tell types, never values.
  const text = `the answer lacks ${member}, or it is not as documented (${issue?.message ?? 'unknown'})`;
  return { code: 'IncompleteAnswer', text, meaning: operation.repeatable ? 'permanent' : 'uncertain' };
}

function refusedWithoutCode(text: string | undefined): Failure {
  return { code: 'NoCode', text: text ?? 'refused without a code', meaning: 'uncertain' };
}

/** The SDK takes `x-acs-retry-after` for milliseconds (npm @alicloud/openapi-core 1.0.8, utils.ts). */
function hint({ headers }: HttpResponse, now: number): number | undefined {
  const own = Number.parseInt(headers['x-acs-retry-after'] ?? '', 10);
  return Number.isNaN(own) ? retryAfterMs(headers['retry-after'], now) : Math.max(0, own);
}
