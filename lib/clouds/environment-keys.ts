import type { CloudName, CloudReference } from '../batch/contract/cloud-reference';
import { CloudError } from '../batch/ports/cloud';
import { aliyunKeyVariables } from './aliyun/credentials';
import type { CredentialSource } from './http/credentials';
import { tencentKeyVariables } from './tencent/credentials';

/** The variables in which each vendor's own tools look for keys. */
const variables: Record<CloudName, readonly string[]> = { aliyun: aliyunKeyVariables, tencent: tencentKeyVariables };

/**
 * The keys of a cloud from the variables of its vendor's SDK. The source throws CloudError `NoKeysInEnvironment` where there
 * are none, and never shows a value.
 */
export function environmentKeys(cloud: CloudReference, environment: NodeJS.ProcessEnv): CredentialSource {
  const names = variables[cloud.aliyun ? 'aliyun' : 'tencent'];
  return async () => {
    const set = names.filter((name) => environment[name]);
    if (set.length > 0) return Object.fromEntries(set.map((name) => [name, environment[name]]));
    throw new CloudError(
      'credentials',
      'NoKeysInEnvironment',
      `the environment has no keys of the cloud: set ${names.join(', ')} (the last with temporary keys only) [NoKeysInEnvironment]`,
      { operation: 'read credentials' },
    );
  };
}
