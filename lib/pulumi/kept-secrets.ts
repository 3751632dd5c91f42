import { BatchError } from '../batch/errors';
import type { CollectedDevice } from '../batch/ports/cloud';
import { isS3Address } from '../stores/s3-address';
import { S3Unusable } from '../stores/s3-unusable';
import { parseSecrets } from './device-secrets';
import { credentialsOf, type Inputs } from './inputs';
import type { Outputs } from './state';
import type { Files } from './surroundings';

/** Sees whether secrets can be put where they are to be, as far as that can be seen. @throws S3Unusable */
export async function reachSecrets(files: Files, inputs: Inputs): Promise<void> {
  const place = credentialsOf(inputs);
  if (typeof place === 'object') await files.reach?.(place.file);
}

/**
 * The secrets that the state, or the file that it names, has of the devices; what cannot be read is not there. `next`: the inputs that
 * they will be written for.
 * @throws BatchError `SecretsUnreadable` where what cannot be read would be written over.
 */
export async function keptSecrets(files: Files, olds: Outputs, next?: Inputs): Promise<CollectedDevice[]> {
  const place = credentialsOf(olds);
  if (typeof place === 'string') return parseSecrets(olds.deviceSecrets);
  const bytes = await files.read(place.file).catch((error: unknown) => {
    if (next && error instanceof S3Unusable && isAt(place.file, next)) throw unreadable(error);
    return undefined;
  });
  return parseSecrets(bytes && Buffer.from(bytes).toString('utf8'));
}

/** The next `up` reads them again where the cloud still tells them, and writes them. */
export function secretsNotSaved(file: string, error: unknown): { code: string; message: string } {
  const code = 'SecretsNotSaved';
  const [where, advice] = isS3Address(file)
    ? ['S3', 'see to the bucket, or name another one']
    : [file, 'make room for the file there, or name another one'];
  const why = (error as Error).message;
  return {
    code,
    message: `the devices exist, but their secrets could not be written to ${where}: ${why}; ${advice}, and run up again`,
  };
}

function isAt(file: string, inputs: Inputs): boolean {
  const place = credentialsOf(inputs);
  return typeof place === 'object' && place.file === file;
}

function unreadable({ message }: S3Unusable): BatchError {
  return new BatchError(
    'SecretsUnreadable',
    `the secrets of the devices that there are could not be read, and would be written over; nothing was changed: ${message}`,
  );
}
