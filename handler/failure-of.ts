import { BatchError } from '../lib/batch';
import { awsFailureOf } from '../lib/stores/aws-failure';
import { RequestFailed, reasonOf } from './request-failed';

/** What makes of an error that came out of the engine a line for CloudFormation. */
export function failureOf(error: unknown, bucket: string): RequestFailed {
  if (error instanceof RequestFailed) return error;
  if (error instanceof BatchError) return new RequestFailed(reasonOf(error));
  return new RequestFailed(reasonOf(inWords(error, bucket)));
}

function inWords(error: unknown, bucket: string): { code: string; message: string } {
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  switch (awsFailureOf(error)) {
    case 'denied':
      return {
        code: 'StoreDenied',
        message:
          `the handler may not reach its records in bucket ${bucket} (${said}): ` +
          'look for policies, boundaries or keys that deny its role reading, writing, deleting or listing there',
      };
    case 'missing':
      return {
        code: 'StoreMissing',
        message:
          `the bucket ${bucket} with the records of this batch does not exist (${said}), so nobody knows which devices are its own: ` +
          'delete them by hand, and remove the batch from the stack with its resource retained',
      };
    case 'transient':
      return {
        code: 'StoreUnavailable',
        message: `the records in bucket ${bucket} could not be reached (${said}); the next operation continues from what they say`,
      };
    case 'other':
      return { code: 'Unexpected', message: `the handler failed unexpectedly, see its log (${said})` };
  }
}
