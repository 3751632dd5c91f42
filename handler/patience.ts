import { BatchError } from '../lib/batch';
import { awsFailureOf, PROPAGATION_MS } from '../lib/stores/aws-failure';
import type { Acceptance, Invocation, OnEventAnswer } from './framework';

/** For coming to an orderly end: a call that is under way then may take half of it. */
const MARGIN_MS = 60_000;
const LONGEST_MS = 240_000;

/** Where an `onEvent` of another version did not tell the deadline: the longest that there is. */
const FALLBACK_MS = 55 * 60_000;

/** After the deadline there may still be an answer to write down. */
const GRACE_MS = 60_000;

/** When the work of an invocation has to stop (milliseconds since 1970). */
export function workUntil(invocation: Invocation, now: number): number {
  return now + Math.min(invocation.getRemainingTimeInMillis() - MARGIN_MS, LONGEST_MS);
}

export function acceptanceOf({ Accepted }: OnEventAnswer, now: number): Acceptance {
  return Accepted ?? { at: now, deadline: now + FALLBACK_MS };
}

/**
 * Whether the record, as it is, may be worked on later: a failed request to the store is not a failed batch. Once the deadline
 * is over the framework must hear so even if the store stays away, or it would ask for two more days (its time-out
 * counts attempts, and one may take minutes).
 */
export function mayPass(error: unknown, { at, deadline }: Acceptance, now: number): boolean {
  if (error instanceof BatchError) return error.code === 'StoreContended' && now < deadline + GRACE_MS;
  switch (awsFailureOf(error)) {
    case 'transient':
      return now < deadline + GRACE_MS;
    case 'denied':
    case 'missing':
      return now < at + PROPAGATION_MS;
    case 'other':
      return false;
  }
}
