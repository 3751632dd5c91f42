import { endAsFailed } from './kept';
import type { Workers } from './ports/workers';
import { generationOf, isOpen, type Head, type Request } from './record/head';

/**
 * A request this long past its deadline is ended by whoever comes by, even while somebody holds the lease: an invocation that
 * was killed holds it for minutes, and the answer has to come before CloudFormation stops waiting for it. One that is still
 * at work has come to its end by then.
 */
const GRACE_MS = 60_000;

/** Nobody asks about a request any more this long after its deadline: CloudFormation waits for an hour at most. */
const ABANDONED_MS = 15 * 60_000;

/** From when on nobody is going to finish a request that is still open then (milliseconds since 1970). */
export function abandonedAt({ deadline }: Request): number {
  return deadline + ABANDONED_MS;
}

/** Whether nobody is going to finish a request, if it is open: its time is long over, or whoever asked is known to be dead. */
export function isAbandoned(request: Request, now: number, workers?: Workers): boolean {
  const { asker } = request;
  return now > abandonedAt(request) || (asker !== undefined && workers?.isDead(asker) === true);
}

/** Whether the head has an open request that nobody is going to finish. */
export function hasAbandoned(head: Head, now: number, workers?: Workers): boolean {
  return head.requests.some((request) => isOpen(request) && isAbandoned(request, now, workers));
}

/** Ends the requests that nobody is going to finish, so that what they were making can be taken back. */
export function endAbandoned(head: Head, now: number, workers?: Workers): void {
  for (const request of head.requests) if (isAbandoned(request, now, workers)) end(head, request);
}

/**
 * Ends a request that is past its deadline, without the lease: as after a later event, whoever works on it finds out before
 * its next step. False if it is not time yet, or it is over.
 */
export function endOverdue(head: Head, requestId: string, now: number): boolean {
  const request = head.requests.find(({ id }) => id === requestId);
  if (!request || !isOpen(request) || now <= request.deadline + GRACE_MS) return false;
  end(head, request);
  return true;
}

function end(head: Head, request: Request): void {
  if (!isOpen(request)) return;
  const { failure, kind, target } = request;
  const reason = failure ?? { code: 'DeadlineReached', message: 'the time-out was reached' };
  const rest = 'an invocation was cut off before it could clear away; the next operation on the batch goes on with it';
  request.outcome = { ok: false, code: reason.code, message: `${reason.message}; ${rest}` };
  const generation = kind === 'raise' && target !== undefined ? generationOf(head, target) : undefined;
  if (generation?.phase === 'rising') endAsFailed(head, generation.id);
}
