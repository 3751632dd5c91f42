import { StoreConflict } from '../batch/ports/store';
import { awsFailureOf } from './aws-failure';
import { nameOfAddress, type S3Address } from './s3-address';

/** S3 cannot be used as its address says: what it is, why, and what to do. */
export class S3Unusable extends Error {
  override readonly name = 'S3Unusable';
  /** `isGone`: there is no such bucket. */
  constructor(
    what: string,
    why: string,
    readonly isGone = false,
  ) {
    super(`${what} cannot be used: ${why}`);
  }
}

/** What a failed call to S3 means for those who gave its address; undefined where the same call may work later, or where it is none. */
export function hopelessness(error: unknown, address: S3Address): S3Unusable | undefined {
  if (isSettled(error)) return undefined;
  const why = reasonOf(error as Error, address);
  return why === undefined ? undefined : new S3Unusable(nameOfAddress(address), why, isMissing(error));
}

/** The same of whatever was thrown in the end. */
export function told(error: unknown, address: S3Address): unknown {
  if (isSettled(error)) return error;
  const why = reasonOf(error as Error, address) ?? `S3 does not answer (${wordsOf(error as Error)})`;
  return new S3Unusable(nameOfAddress(address), why, isMissing(error));
}

function isMissing(error: unknown): boolean {
  return awsFailureOf(error) === 'missing';
}

/** Not trouble with S3, or told already. */
function isSettled(error: unknown): boolean {
  return error instanceof StoreConflict || error instanceof S3Unusable;
}

/** Names of errors: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and those of the SDK's own providers. */
function reasonOf(error: Error, { bucket }: S3Address): string | undefined {
  const words = wordsOf(error);
  switch (error.name) {
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'TokenRefreshRequired':
      return `the AWS credentials have expired; renew them (${words})`;
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      return `there are no AWS credentials where the AWS SDK looks for them, such as AWS_ACCESS_KEY_ID or AWS_PROFILE (${words})`;
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
      return `the bucket is in another region; set AWS_REGION, or add ?region=… to the address (${words})`;
    case 'NotImplemented':
      return `this server lacks what Amazon S3 has, such as conditional writes (${words})`;
  }
  if (/region is missing/i.test(error.message))
    return 'no region is set; set AWS_REGION, or add ?region=… to the address';
  switch (awsFailureOf(error)) {
    case 'missing':
      return `there is no bucket ${bucket}`;
    case 'denied':
      return `access is denied; it takes s3:ListBucket on the bucket, s3:GetObject, s3:PutObject and s3:DeleteObject below the path (${words})`;
    case 'other':
      return words;
    case 'transient':
      return undefined;
  }
}

function wordsOf({ name, message }: Error): string {
  return message === '' || message === name ? name : `${name}: ${message}`;
}
