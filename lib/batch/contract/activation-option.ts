import { BatchError } from '../errors';
import type { DeviceSelection } from './device-names';
import type { CloudLimits } from './limits';
import type { BatchOptions } from './options';

/**
 * @throws BatchError `ActivationUnknown` if devices may have to be deleted and the cloud cannot tell whether they have ever
 * connected: then only the user can say that they may be, connected or not.
 */
export function validateActivation(
  { knowsActivation, title }: CloudLimits,
  devices: DeviceSelection,
  { deleteActivated, removalPolicy }: Pick<BatchOptions, 'deleteActivated' | 'removalPolicy'>,
): void {
  if (knowsActivation || deleteActivated || removalPolicy === 'retain' || 'fromJob' in devices) return;
  throw new BatchError(
    'ActivationUnknown',
    `${title} cannot tell whether a device has ever connected, so that none of this batch could be deleted: set deleteActivated ` +
      'to true if they may be, use a version of the API that tells it, or retain the devices',
  );
}
