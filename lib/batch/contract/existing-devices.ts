import { BatchError } from '../errors';
import { expandNames, namesKnown, type DeviceSelection } from './device-names';
import type { OnExistingOption } from './options';
import { quote } from './quote';

/**
 * Devices can be adopted only where they are asked for by name.
 * @throws BatchError `InvalidOnExisting` with the first names that the batch does not ask for, as far as that can be seen here.
 */
export function validateOnExisting(onExisting: OnExistingOption, wanted: DeviceSelection): void {
  if (onExisting === 'fail') return;
  if (!namesKnown(wanted)) {
    throw invalid('devices can be adopted only where they are named: leave onExisting out, or name the devices');
  }
  if (onExisting === 'adopt' || 'file' in wanted) return;
  const known = new Set(expandNames(wanted));
  const unwanted = onExisting.adopt.filter((name) => !known.has(name));
  if (unwanted.length === 0) return;
  throw invalid(
    `${quote(unwanted)} is to be adopted and is none of the batch's devices: take it out of onExisting, or into devices`,
  );
}

function invalid(message: string): BatchError {
  return new BatchError('InvalidOnExisting', message);
}
