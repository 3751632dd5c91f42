import type { CloudReference } from '../batch/contract/cloud-reference';
import type { Cloud } from '../batch/ports/cloud';
import { connectAliyun } from './aliyun';
import type { CloudEnvironment } from './environment';
import type { CredentialSource } from './http/credentials';
import { connectTencent } from './tencent';

/**
 * Connects to the cloud that a reference names. `credentials` gives the secret's text or an object, under the
 * vendor's own member names; nothing is read or sent before the first call.
 *
 * @throws CloudError `InvalidEndpoint` if the reference's endpoint is no host and no origin.
 */
export function connectCloud(
  cloud: CloudReference,
  credentials: CredentialSource,
  environment: CloudEnvironment,
): Cloud {
  if (cloud.aliyun) return connectAliyun(cloud.aliyun, credentials, environment);
  return connectTencent(cloud.tencent, credentials, environment);
}
