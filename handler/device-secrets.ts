import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** The secrets of devices in AWS Secrets Manager, by their names. Every method throws what the SDK throws. */
export interface DeviceSecrets {
  /** 'exists': there is a secret of this name already, whatever is in it. `encryptionKey`: a KMS key's ARN. */
  create(name: string, text: string, encryptionKey?: string): Promise<'created' | 'exists'>;
  /** Puts another text into a secret. */
  replace(name: string, text: string): Promise<void>;
  /** The text; undefined if there is none to be read any more. */
  read(name: string): Promise<string | undefined>;
  /** Deletes for good, without the days in which it could be restored. One that is not there is no error. */
  delete(name: string): Promise<void>;
}

/** Those in AWS Secrets Manager (docs.aws.amazon.com/secretsmanager/latest/apireference). */
export function deviceSecrets(client: SecretsManagerClient): DeviceSecrets {
  return {
    async create(Name, SecretString, KmsKeyId) {
      try {
        await client.send(new CreateSecretCommand({ Name, SecretString, KmsKeyId, Description }));
        return 'created';
      } catch (error) {
        if (isNamed(error, 'ResourceExistsException')) return 'exists';
        throw error;
      }
    },
    async replace(SecretId, SecretString) {
      await client.send(new PutSecretValueCommand({ SecretId, SecretString }));
    },
    async read(SecretId) {
      try {
        return (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString;
      } catch (error) {
        // The second: it is to be deleted (GetSecretValue, "Errors").
        if (isNamed(error, 'ResourceNotFoundException') || isNamed(error, 'InvalidRequestException')) return undefined;
        throw error;
      }
    },
    async delete(SecretId) {
      try {
        await client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
      } catch (error) {
        if (!isNamed(error, 'ResourceNotFoundException')) throw error;
      }
    },
  };
}

const Description = 'Credentials of an IoT device, kept by iot-device-batch for as long as the device is in its batch';

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
