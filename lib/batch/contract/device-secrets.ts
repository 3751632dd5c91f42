import { BatchError } from '../errors';

/** Where the secrets of devices are kept: below the store's prefix for credentials, nowhere, or in AWS Secrets Manager. */
export type DeviceCredentialsOption = 'store' | 'none' | { secretsManager: DeviceSecretsOption };

/** A secret for each device in AWS Secrets Manager. */
export type DeviceSecretsOption = {
  /** What the names of all secrets of the stack begin with, without a slash at the end. */
  prefix: string;
  /** The KMS key of the secrets, by its ARN; else they get the key that AWS has for Secrets Manager. */
  encryptionKey?: string;
};

/** Devices of one batch that may have a secret each: every one of them is billed by the month. */
export const MAX_DEVICE_SECRETS = 10;

/** What the names of a stack's secrets begin with. Nobody else has it: in a region of an account a stack's name is its own. */
export function secretsPrefix(stackName: string): string {
  return `iot-device-batch/${stackName}`;
}

/** What the names of a batch's secrets begin with, whatever the generation. */
export function secretsOfBatch(prefix: string, batchId: string): string {
  return `${prefix}/${batchId}/`;
}

/**
 * The name of a device's secret. The generation is in it, so that a change and what it replaces never have the same secrets. With a
 * stack's name as long as it gets, and a device's of 48 characters, it has less than 350 of the 512 characters that it may have.
 */
export function secretName(prefix: string, batchId: string, generationId: string, device: string): string {
  return `${secretsOfBatch(prefix, batchId)}${generationId}/${secretNamePart(device)}`;
}

/**
 * A device's name as the last part of a secret's: what may not stand there is `=` and two hexadecimal digits for each byte, so
 * that no two devices ever get the same. Secrets Manager takes letters, digits and `/_+=.@-`, and asks not to end a name with a
 * hyphen and six characters, which it adds to ARNs itself (docs.aws.amazon.com/secretsmanager, CreateSecret, `Name`).
 */
export function secretNamePart(device: string): string {
  const escaped = device.replace(/[^A-Za-z0-9_.@-]/gu, escape);
  return escaped.replace(/-(?=.{6}$)/, '=2D');
}

function escape(character: string): string {
  return [...new TextEncoder().encode(character)].map((byte) => `=${hexadecimal(byte)}`).join('');
}

function hexadecimal(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}

/** Whether two options mean the same place: if not, secrets have to be brought from one to the other. */
export function isSamePlace(one: DeviceCredentialsOption, other: DeviceCredentialsOption): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  const [a, b] = [one.secretsManager, other.secretsManager];
  return a.prefix === b.prefix && a.encryptionKey === b.encryptionKey;
}

/** @throws BatchError `TooManySecrets`: so many devices cannot have a secret each. */
export function validateDeviceSecrets(place: DeviceCredentialsOption | 'secretsManager', count: number): void {
  if (place === 'store' || place === 'none' || count <= MAX_DEVICE_SECRETS) return;
  throw new BatchError(
    'TooManySecrets',
    `${count} devices would get a secret each in AWS Secrets Manager, where a batch may have ${MAX_DEVICE_SECRETS}: ` +
      'set deviceCredentials to DeviceCredentials.store(), which takes any number, or split the batch',
  );
}
