import type { CloudError } from '../../batch/ports/cloud';
import { errorOf, type Failure, type Repeatability } from '../http/failure';
import type { TencentCredentials } from './credentials';

/** The error for the engine; see `errorOf`. */
export function cloudError(operation: Repeatability, failure: Failure, credentials?: TencentCredentials): CloudError {
  return errorOf('Tencent', operation, failure, [credentials?.secretKey, credentials?.token]);
}

/** An error of ours, where going on would do harm or make no sense. */
export function refuse(operation: { name: string }, code: string, text: string, advice?: string): CloudError {
  return cloudError({ name: operation.name, repeatable: true }, { code, text, advice, meaning: 'permanent' });
}
