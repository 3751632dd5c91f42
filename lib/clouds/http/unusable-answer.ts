import type * as z from 'zod';
import type { Failure, Repeatability } from './failure';
import type { HttpResponse } from './transport';

/**
 * No answer of the cloud's: a proxy's page, a cut text. A 4xx that is somebody else's will be the same again; what is cut of one may have
 * been anything, such as a refusal for the rate. A body is never quoted: it may hold the secrets of devices.
 */
export function unreadableAnswer({ status, headers, body }: HttpResponse): Failure {
  const type = headers['content-type'] ?? 'no content type';
  const text = `the answer is not the cloud's: HTTP ${status}, ${type}, ${body.length} characters`;
  const code = 'UnreadableAnswer';
  // 429 is documented nowhere for these gateways, but means one thing only.
  if (status === 429) return { code, text, meaning: 'throttled', httpStatus: status };
  if (status >= 400 && status < 500 && status !== 408 && !isCut(body)) {
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

/** Whether a text begins as the clouds' answers do, and does not come to an end. */
function isCut(body: string): boolean {
  const text = body.trim();
  if (!text.startsWith('{')) return text.startsWith('<?xml') && !text.endsWith('>');
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}

/** It worked, but what we need is not in it: the same call would answer the same. */
export function incompleteAnswer(operation: Repeatability, issues: readonly z.core.$ZodIssue[] = []): Failure {
  const [issue] = issues;
  const member = issue?.path.join('.') || 'the answer';
  // zod's messages tell types, never values.
  const text = `the answer lacks ${member}, or it is not as documented (${issue?.message ?? 'unknown'})`;
  return { code: 'IncompleteAnswer', text, meaning: operation.repeatable === true ? 'permanent' : 'uncertain' };
}
