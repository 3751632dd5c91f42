import { BatchError } from '../batch/errors';
import type { CollectedDevice } from '../batch/ports/cloud';
import { isS3Address, nameOfAddress, parseS3Address } from '../stores/s3-address';
import { parseSecrets, secretsText } from './device-secrets';
import { credentialsOf, type Inputs } from './inputs';
import type { Outputs } from './state';
import type { Files } from './surroundings';

/** Sees whether secrets can be put where they are to be, as far as that can be seen. @throws S3Unusable */
export async function reachSecrets(files: Files, inputs: Inputs): Promise<void> {
  const file = fileOf(inputs);
  if (file !== undefined) await files.reach?.(file);
}

/**
 * The secrets that the state, or the file that it names, has of the devices; what cannot be read there is not there. `next`: the
 * inputs that secrets will be written for, with those that are at their place by now.
 * @throws BatchError `SecretsUnreadable` where something would be written over that cannot be read.
 */
export async function keptSecrets(files: Files, olds?: Outputs, next?: Inputs): Promise<CollectedDevice[]> {
  const target = next && fileOf(next);
  const there = target === undefined ? [] : await toBeWrittenOver(files, target);
  if (!olds || (target !== undefined && fileOf(olds) === target)) return there;
  return [...(await secretsOf(files, olds)), ...there];
}

/** Takes out of a file, or an object, the secrets of devices that are gone. What holds something else is let alone. */
export async function forgetSecrets(files: Files, { deviceNames, drift = [], ...olds }: Outputs): Promise<void> {
  const file = fileOf(olds);
  if (file === undefined) return;
  const kept = parseSecrets(await textOf(files, file).catch(emptyIfAbsent)) ?? [];
  const gone = new Set([...deviceNames, ...drift]);
  const left = kept.filter(({ name }) => !gone.has(name));
  if (left.length < kept.length) await files.save(file, secretsText(left));
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

/** The file or object that secrets are in; undefined where they are in none. */
function fileOf(inputs: Inputs): string | undefined {
  const place = credentialsOf(inputs);
  return typeof place === 'object' ? place.file : undefined;
}

async function secretsOf(files: Files, olds: Outputs): Promise<CollectedDevice[]> {
  const file = fileOf(olds);
  const text = file === undefined ? olds.deviceSecrets : await textOf(files, file).catch(() => undefined);
  return parseSecrets(text) ?? [];
}

async function toBeWrittenOver(files: Files, file: string): Promise<CollectedDevice[]> {
  const text = await textOf(files, file)
    .catch(emptyIfAbsent)
    .catch((error: Error) => {
      throw unreadable(file, error.message);
    });
  const devices = text.trim() === '' ? [] : parseSecrets(text);
  if (devices) return devices;
  throw unreadable(file, 'it holds something else, or a part of them only');
}

async function textOf(files: Files, file: string): Promise<string> {
  return Buffer.from(await files.read(file)).toString('utf8');
}

function emptyIfAbsent(error: Error): string {
  if (isAbsence(error)) return '';
  throw error;
}

/** ENOTDIR: there is a file where the path goes through a folder, so that no other can be behind it. */
function isAbsence(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function unreadable(file: string, why: string): BatchError {
  const where = isS3Address(file) ? nameOfAddress(parseS3Address(file)) : file;
  return new BatchError(
    'SecretsUnreadable',
    `${where} cannot be read as secrets of devices, and would be written over; nothing was changed: ${why}`,
  );
}
