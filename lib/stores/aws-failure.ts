/** What a failed call to AWS means for whoever made it. */
export type AwsFailure =
  /** The same call may work later: throttling, an outage, the network. */
  | 'transient'
  /** Not permitted, or not yet: a new role or grant takes a while to be known everywhere. */
  | 'denied'
  /** The bucket or secret is not there. */
  | 'missing'
  /** Anything else; also what is no failure of a call to AWS. */
  | 'other';

/**
 * How long after its first event a denied access may be IAM propagating (I8). AWS documents no figure: "changes that you
 * make might not be immediately visible" (IAM user guide, "Troubleshoot IAM").
 */
export const PROPAGATION_MS = 120_000;

/** Names of errors: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and the common ones of JSON services. */
export function awsFailureOf(error: unknown): AwsFailure {
  if (!(error instanceof Error)) return 'other';
  const { name, code, $metadata, $retryable } = error as SdkError;
  if (missing.has(name)) return 'missing';
  const status = $metadata?.httpStatusCode;
  if (transient.test(name) || $retryable !== undefined || (status !== undefined && status >= 500)) return 'transient';
  if (status === 429) return 'transient';
  if (denied.test(name) || status === 403) return 'denied';
  // Below HTTP: the system's errors (ECONNRESET, ENOTFOUND, …).
  if (status === undefined && /^E[A-Z_]+$/.test(code ?? '')) return 'transient';
  return 'other';
}

interface SdkError extends Error {
  /** The system's code, where the connection failed. */
  code?: string;
  $metadata?: { httpStatusCode?: number };
  /** Set by the SDK where the service's model says so. */
  $retryable?: object;
}

const missing = new Set(['NoSuchBucket', 'ResourceNotFoundException']);

/** An expired token is that of a Lambda environment which was frozen for too long; the next invocation gets another. */
const transient =
  /Throttl|TooManyRequests|SlowDown|RequestTimeout|Timeout|InternalError|InternalServ|ServiceUnavailable|ExpiredToken/;

const denied = /^(AccessDenied|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|KMSAccessDenied)/;
