import type { CloudError } from '../../batch/ports/cloud';
import { errorOf, failureOfCode, type Failure, type Repeatability } from '../http/failure';
import { meaningOf } from './codes';
import type { AliyunCredentials } from './credentials';

export { failureOfTransport, hasCode, type Failure, type Repeatability } from '../http/failure';

/** A failure that the cloud reported under a code. */
export function failureOf(
  code: string,
  text: string,
  rest: Pick<Failure, 'requestId' | 'retryAfterMs'> & { httpStatus: number },
): Failure {
  return failureOfCode(code, text, meaningOf(code, rest.httpStatus), rest);
}

/** The error for the engine; see `errorOf`. */
export function cloudError(operation: Repeatability, failure: Failure, credentials?: AliyunCredentials): CloudError {
  return errorOf('Alibaba', operation, failure, [credentials?.accessKeySecret, credentials?.securityToken]);
}

/** An error of ours, where going on would do harm or make no sense. */
export function refuse(operation: { name: string }, code: string, text: string, advice?: string): CloudError {
  return cloudError({ name: operation.name, repeatable: true }, { code, text, advice, meaning: 'permanent' });
}
