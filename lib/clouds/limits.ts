import type { CloudReference } from '../batch/contract/cloud-reference';
import type { CloudLimits } from '../batch/contract/limits';
import { aliyunLimits } from './aliyun/limits';

/** The documented limits of the cloud that a reference names. Plain data, no client behind it. */
export function limitsOf(_cloud: CloudReference): CloudLimits {
  return aliyunLimits;
}
