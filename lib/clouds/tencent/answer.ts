import * as z from 'zod';
import type { Outcome } from '../http/api-client';
import { failureOfCode } from '../http/failure';
import { parseLosslessly } from '../http/lossless-json';
import { retryAfterMs } from '../http/retry-after';
import { caseless, optionalText } from '../http/schema';
import type { HttpResponse } from '../http/transport';
import { incompleteAnswer, unreadableAnswer } from '../http/unusable-answer';
import { legacyMeaningOf, meaningOf } from './codes';
import type { Operation } from './operation';

/** Reads an answer of API 3.0. Errors come with HTTP 200 as well: `Response.Error` decides. */
export function readAnswer<Answer>(operation: Operation<Answer>, response: HttpResponse, now: number): Outcome<Answer> {
  const { status: httpStatus } = response;
  const parsed = envelope.safeParse(parse(response.body));
  if (!parsed.success) return { failure: unreadableAnswer(response) };
  const { Error: error, RequestId: requestId } = parsed.data.Response;
  if (error === undefined) return successOf(operation, parsed.data.Response, { requestId, httpStatus });
  const rest = { requestId, httpStatus, retryAfterMs: retryAfterMs(response.headers['retry-after'], now) };
  return { failure: failureOfCode(error.Code, error.Message ?? '', meaningOf(error.Code, httpStatus), rest) };
}

/** Reads an answer of API 2.0: `code` 0, or an error with the module's own code in brackets before the message. */
export function readLegacyAnswer<Answer>(
  operation: Operation<Answer>,
  response: HttpResponse,
  now: number,
): Outcome<Answer> {
  const { status: httpStatus } = response;
  const body = parse(response.body);
  const parsed = legacyEnvelope.safeParse(body);
  if (!parsed.success) return { failure: unreadableAnswer(response) };
  const { code, message = '', codeDesc = '' } = parsed.data;
  if (Number(code) === 0) return successOf(operation, body, { httpStatus });
  const [, module, text] = MODULE_CODE.exec(message) ?? [];
  const known = legacyMeaningOf(code, module, httpStatus);
  const rest = { httpStatus, retryAfterMs: retryAfterMs(response.headers['retry-after'], now) };
  return { failure: failureOfCode(module ?? code, (text ?? message) || codeDesc, known, rest) };
}

const envelope = z.object({
  Response: z.looseObject({
    Error: z.object({ Code: z.string(), Message: optionalText }).optional(),
    RequestId: optionalText,
  }),
});

/** A sample of another product has the code as a text. Not every error has a text. */
const legacyEnvelope = caseless({
  code: z.union([z.number(), z.string().regex(/^\d+$/)]).transform(String),
  message: optionalText,
  codeDesc: optionalText,
});

/** The vendor's page of GetMultiDevices has brackets of the Chinese width, its clients print the others. */
const MODULE_CODE = /^\s*[(（]\s*(\d+)\s*[)）]\s*([^]*)$/;

function successOf<Answer>(
  operation: Operation<Answer>,
  body: unknown,
  rest: { requestId?: string; httpStatus: number },
): Outcome<Answer> {
  const answer = operation.answer.safeParse(body);
  if (answer.success) return { answer: answer.data };
  return { failure: { ...incompleteAnswer(operation, answer.error.issues), ...rest } };
}

function parse(body: string): unknown {
  try {
    return parseLosslessly(body);
  } catch {
    return undefined;
  }
}
