import type { CloudReference } from '../batch/contract/cloud-reference';
import type { CloudLimits } from '../batch/contract/limits';
import { aliyunLimits } from './aliyun/limits';
import { limitsOfApi } from './tencent/limits';

/** The documented limits of the cloud that a reference names. Plain data, no client behind it. */
export function limitsOf({ aliyun, tencent }: CloudReference): CloudLimits {
  return aliyun ? aliyunLimits : limitsOfApi(tencent.apiVersion);
}
