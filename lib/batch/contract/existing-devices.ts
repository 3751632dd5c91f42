import { BatchError } from '../errors';
import type { OnExistingOption } from './options';
import { quote } from './quote';

/**
 * Devices can be adopted only where they are asked for by name. `wanted`: the batch's names, undefined where nobody knows
 * them yet.
 * @throws BatchError `InvalidOnExisting` with the first names that are not among them.
 */
export function validateOnExisting(onExisting: OnExistingOption, wanted: readonly string[] | undefined): void {
  if (onExisting === 'fail') return;
  if (wanted === undefined) {
    throw invalid('devices can be adopted only where they are named: leave onExisting out, or name the devices');
  }
  if (onExisting === 'adopt') return;
  const known = new Set(wanted);
  const unwanted = onExisting.adopt.filter((name) => !known.has(name));
  if (unwanted.length === 0) return;
  throw invalid(
    `${quote(unwanted)} is to be adopted and is none of the batch's devices: take it out of onExisting, or into devices`,
  );
}

function invalid(message: string): BatchError {
  return new BatchError('InvalidOnExisting', message);
}
