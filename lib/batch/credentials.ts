import { BatchError } from './errors';
import { devices, listOf } from './messages';
import type { Operation } from './operation';
import { CloudError, type CollectedDevice } from './ports/cloud';
import type { CredentialPlace } from './ports/vault';

/** Where the secrets of a generation's devices are to be kept; undefined if they are not. */
export function credentialPlaceOf(operation: Operation, id: string): CredentialPlace | undefined {
  const { policy, cloudKey: product } = operation.generation(id);
  const { deviceCredentials } = policy;
  const place = { batchId: operation.batchId, generationId: id, product };
  if (typeof deviceCredentials === 'object') return { ...place, secrets: deviceCredentials.secretsManager };
  return deviceCredentials === 'none' ? undefined : place;
}

/** Keeps the secrets of the devices that a job created. */
export async function keepCredentials(
  operation: Operation,
  id: string,
  job: number,
  found: readonly CollectedDevice[],
): Promise<void> {
  const place = credentialPlaceOf(operation, id);
  if (place) await saveCredentials(operation, place, `part-${ordinal(job)}`, found);
}

/**
 * Success would mean that every secret is where it was to be stored (I4).
 *
 * @throws BatchError `CredentialsMissing` where secrets are to be kept and a job does not tell those of its devices.
 */
export function requireSecrets(operation: Operation, id: string, found: readonly CollectedDevice[]): void {
  const lacking = found.filter(({ lacks }) => lacks !== undefined);
  if (lacking.length === 0 || !credentialPlaceOf(operation, id)) return;
  const names = lacking.map(({ name }) => name);
  throw new BatchError(
    'CredentialsMissing',
    `the cloud does not tell ${lacking[0]?.lacks} of ${devices(lacking.length)}: ${listOf(names)}; set deviceCredentials to none, or ` +
      'register them anew',
  );
}

/** Keeps secrets as one part of a place. */
export async function saveCredentials(
  operation: Operation,
  place: CredentialPlace,
  part: string,
  found: readonly CollectedDevice[],
): Promise<void> {
  await reachVault(operation, 'storing secrets', () =>
    operation.ports.vault.savePart(place, part, found, () => operation.confirm()),
  );
}

/** The secrets of a generation are complete. */
export async function finishCredentials(operation: Operation, id: string): Promise<void> {
  const place = credentialPlaceOf(operation, id);
  if (place) await reachVault(operation, 'storing secrets', () => operation.ports.vault.finish(place));
}

/** Deletes what a generation has of secrets, wherever it is kept. */
export async function forgetCredentials(operation: Operation, id: string): Promise<void> {
  const place = { batchId: operation.batchId, generationId: id };
  await reachVault(operation, 'deleting secrets', () => operation.ports.vault.forget(place));
}

/**
 * Does something with the vault, for as long as there is hope. The time that is left is looked at only where a call failed: what
 * takes no time may be done at the very end.
 *
 * @throws BatchError `SecretsUnavailable` when trouble has lasted longer than what is put up with (I8).
 */
export async function reachVault<T>(operation: Operation, what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return operation.patiently(what, call).catch((last: unknown) => {
      const isOver = last instanceof BatchError && last.code === 'CloudUnavailable';
      throw isOver ? new BatchError('SecretsUnavailable', last.message) : last;
    });
  }
}

export function ordinal(part: number): string {
  return String(part).padStart(5, '0');
}
