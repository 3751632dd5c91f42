import {
  GetSecretValueCommand,
  paginateListSecrets,
  SecretsManagerClient,
  type SecretListEntry,
} from '@aws-sdk/client-secrets-manager';
import type { Aws } from '../../../local-aws';

/** The secrets of a stack's devices in AWS Secrets Manager, read as one who may read all of them. */
export interface DeviceSecrets {
  /** What whoever may list secrets sees of them. */
  readonly listed: readonly SecretListEntry[];
  /** Their texts, by their names. */
  readonly texts: ReadonlyMap<string, string>;
}

export async function deviceSecretsOf(aws: Aws, stackName: string): Promise<DeviceSecrets> {
  const client = new SecretsManagerClient(aws.client);
  const listed: SecretListEntry[] = [];
  for await (const { SecretList = [] } of paginateListSecrets({ client }, { IncludePlannedDeletion: true })) {
    listed.push(...SecretList.filter(({ Name }) => Name!.startsWith(`iot-device-batch/${stackName}/`)));
  }
  const texts = new Map<string, string>();
  for (const { Name } of listed) {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: Name }));
    texts.set(Name!, SecretString!);
  }
  return { listed, texts };
}
