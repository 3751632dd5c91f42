import type { Outcome } from '../http/api-client';
import { parseLosslessly } from '../http/lossless-json';
import { retryAfterMs } from '../http/retry-after';
import type { HttpResponse } from '../http/transport';
import { incompleteAnswer, unreadableAnswer } from '../http/unusable-answer';
import { parseXml } from '../http/xml';
import { caseless, flag, optionalText } from '../http/schema';
import { failureOf, type Failure } from './failure';
import type { Operation } from './operation';

/**
 * Reads an answer. Business failures come with HTTP 200 and, on some newer pages, 400: `Success` and `Code` decide,
 * the status only where both are missing. A body is never quoted: it may hold the secrets of devices.
 */
export function readAnswer<Answer>(operation: Operation<Answer>, response: HttpResponse, now: number): Outcome<Answer> {
  const { status: httpStatus } = response;
  const body = parse(response.body);
  const parsed = envelope.safeParse(body);
  if (!parsed.success || (parsed.data.Success === undefined && parsed.data.Code === undefined)) {
    return { failure: unreadableAnswer(response) };
  }
  const { Success, Code = 'NoCode', ErrorMessage, Message, RequestId: requestId } = parsed.data;
  const answer = operation.answer.safeParse(body);
  if (Success === true && answer.success) return { answer: answer.data };
  if (Success === true)
    return { failure: { ...incompleteAnswer(operation, answer.error?.issues), requestId, httpStatus } };
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

function refusedWithoutCode(text: string | undefined): Failure {
  return { code: 'NoCode', text: text ?? 'refused without a code', meaning: 'uncertain' };
}

/** The SDK takes `x-acs-retry-after` for milliseconds (npm @alicloud/openapi-core 1.0.8, utils.ts). */
function hint({ headers }: HttpResponse, now: number): number | undefined {
  const own = Number.parseInt(headers['x-acs-retry-after'] ?? '', 10);
  return Number.isNaN(own) ? retryAfterMs(headers['retry-after'], now) : Math.max(0, own);
}
