import { CloudError, type CloudErrorKind } from '../../batch/ports/cloud';
import type { Code, Meaning } from './meaning';
import { redact } from './redact';
import type { TransportError } from './transport';

/** The part of an operation that decides what a failure means. */
export interface Repeatability {
  name: string;
  /**
   * Whether the call may be made twice without harm. Where not, an uncertain outcome is for the engine to observe. `ifRefused`: it
   * is made again where it was not executed, and an uncertain outcome is for the engine as well.
   */
  repeatable: boolean | 'ifRefused';
}

/** What is known of a call that failed. */
export interface Failure {
  code: string;
  /** The cloud's words or ours. */
  text: string;
  meaning: Meaning;
  advice?: string;
  missing?: 'product' | 'job';
  requestId?: string;
  httpStatus?: number;
  retryAfterMs?: number;
  /** Whether the request left this machine, where that is known. */
  sent?: TransportError['sent'];
}

/** A failure that the cloud reported under a code. */
export function failureOfCode(
  code: string,
  text: string,
  known: Code,
  rest: Pick<Failure, 'requestId' | 'retryAfterMs' | 'httpStatus'>,
): Failure {
  // A vendor's text may quote the string to sign, with the token in it.
  return { code, text: known.meaning === 'keys' ? 'the cloud does not accept the keys' : text, ...known, ...rest };
}

/** A failure below HTTP: what certainly was not sent may be sent again. */
export function failureOfTransport(error: TransportError): Failure & { sent: TransportError['sent'] } {
  const text = error.sent === 'no' ? `not sent: ${error.message}` : `the answer was lost: ${error.message}`;
  return { code: error.code, text, meaning: 'uncertain', sent: error.sent };
}

/**
 * The error for the engine, its text fit for users and free of `secrets`:
 * `QueryProduct failed: product not exist – check productKey … [iot.prod.NotExistedProduct, Alibaba request 57B1…]`.
 */
export function errorOf(
  vendor: string,
  operation: Repeatability,
  failure: Failure,
  secrets: readonly (string | undefined)[],
): CloudError {
  const { code, text, advice, requestId, httpStatus, retryAfterMs, missing } = failure;
  const said = redact(text, secrets);
  const request = requestId === undefined ? '' : `, ${vendor} request ${requestId}`;
  const message = `${operation.name} failed: ${said || 'the cloud gave no reason'}${advice ? ` – ${advice}` : ''} [${code}${request}]`;
  const details = { operation: operation.name, requestId, httpStatus, retryAfterMs, missing };
  return new CloudError(kindOf(failure, operation), code, message, withoutUndefined(details));
}

/** Whether the cloud, or its client, gave this code, which pages spell in different cases. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof CloudError && error.vendorCode.toLowerCase() === code.toLowerCase();
}

function kindOf({ meaning, sent }: Failure, operation: Repeatability): CloudErrorKind {
  switch (meaning) {
    case 'throttled':
      return 'throttled';
    case 'uncertain':
    case 'replayed':
      return operation.repeatable === true || sent === 'no' ? 'transient' : 'outcomeUnknown';
    case 'keys':
    case 'forbidden':
      return 'credentials';
    case 'clock':
    case 'permanent':
      return 'permanent';
  }
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
