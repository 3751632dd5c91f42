import type { CloudName, CloudReference } from '../batch/contract';
import { CloudError } from '../batch/ports/cloud';
import { environmentKeys } from '../clouds/environment-keys';
import type { CredentialSource } from '../clouds/http/credentials';

/** The configuration of the stack, as Pulumi hands it to a provider: `get('namespace:key')`. */
export interface StackConfig {
  get(key: string): string | undefined;
}

/** The names in the configuration, all below `iot-device-batch:`; each vendor's own. */
const names: Record<CloudName, readonly string[]> = {
  aliyun: ['accessKeyId', 'accessKeySecret', 'securityToken'],
  tencent: ['secretId', 'secretKey', 'token'],
};

/** Keys, and what to add where the cloud refuses them. */
export interface CloudKeys {
  source: CredentialSource;
  hint: () => string;
}

/**
 * The keys of a cloud: those in the variables of its vendor's tools, else those in the stack's configuration, all from the same
 * place. The environment comes first since `refresh` and `destroy` hear of the configuration only as it was at the last `up`.
 */
export function cloudKeys(cloud: CloudReference, config: StackConfig | undefined): CloudKeys {
  const environment = environmentKeys(cloud, process.env);
  let configured: Record<string, string> = {};
  const source: CredentialSource = async (refresh) => {
    try {
      return await environment(refresh);
    } catch (error) {
      configured = keysIn(config, cloud);
      if (Object.keys(configured).length > 0) return configured;
      throw error instanceof CloudError ? noKeys(error, cloud) : error;
    }
  };
  return { source, hint: () => (Object.keys(configured).length > 0 ? STALE : '') };
}

const STALE =
  '. These are the keys of the configuration, which refresh and destroy only know as it was at the last up: if they have been changed ' +
  "since, set the vendor's environment variables, which count first, or add --run-program";

function keysIn(config: StackConfig | undefined, cloud: CloudReference): Record<string, string> {
  const found = names[cloudName(cloud)].map((name) => [name, config?.get(`iot-device-batch:${name}`)] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, string] => Boolean(entry[1])));
}

function noKeys({ message }: CloudError, cloud: CloudReference): CloudError {
  const [id, secret] = names[cloudName(cloud)];
  const advice = `or pulumi config set --secret iot-device-batch:${id}, and iot-device-batch:${secret}`;
  return new CloudError('credentials', 'NoKeysInEnvironment', message.replace(/( \[\w+\])$/, `, ${advice}$1`), {
    operation: 'read credentials',
  });
}

function cloudName({ aliyun }: CloudReference): CloudName {
  return aliyun ? 'aliyun' : 'tencent';
}
