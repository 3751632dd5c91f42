import { BatchError } from './errors';
import { lookUp } from './look-up';
import { listOf } from './messages';
import type { Operation } from './operation';
import type { Cloud } from './ports/cloud';
import type { RecordedDevice } from './record/plan';

/**
 * Which of the devices, if they are still the same ones, have ever connected. One of which the cloud does not say that it
 * never has counts as well.
 */
export async function activatedOf(
  operation: Operation,
  cloud: Cloud,
  devices: readonly RecordedDevice[],
): Promise<string[]> {
  const names = devices.map(({ name }) => name);
  const found = await lookUp(operation, cloud, names);
  const connected = devices.filter(({ name, identity }) => {
    const device = found.get(name);
    return device?.identity === identity && device.everConnected !== false;
  });
  return connected.map(({ name }) => name);
}

/** Deletion cannot be undone and locks a device out, so one that has ever connected stops it (I1). */
export function activatedDevices(names: string[], what: string, rest = 'nothing was deleted'): BatchError {
  return new BatchError(
    'ActivatedDevices',
    `${names.length} of the devices that ${what} have connected before and would be locked out for good: ${listOf(names)}; ` +
      `${rest}. Keep them in the batch, or set deleteActivated to true`,
  );
}
