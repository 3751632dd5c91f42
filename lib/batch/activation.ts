import { BatchError } from './errors';
import { listOf } from './messages';
import type { FoundDevice } from './ports/cloud';
import { namesOf, type RecordedDevice } from './record/plan';
import { isSameDevice } from './same-device';

/**
 * Which of the devices, if those found are still the same ones, have ever connected. One of which the cloud does not say that it
 * never has counts as well.
 */
export function activatedAmong(devices: readonly RecordedDevice[], found: ReadonlyMap<string, FoundDevice>): string[] {
  const connected = devices.filter(({ name, identity }) => {
    const device = found.get(name);
    return device !== undefined && isSameDevice(identity, device.identity) && device.everConnected !== false;
  });
  return namesOf(connected);
}

/** Deletion cannot be undone and locks a device out, so one that has ever connected stops it (I1). */
export function activatedDevices(names: string[], what: string, rest = 'nothing was deleted'): BatchError {
  return new BatchError(
    'ActivatedDevices',
    `${names.length} of the devices that ${what} have connected before and would be locked out for good: ${listOf(names)}; ` +
      `${rest}. Keep them in the batch, or set deleteActivated to true`,
  );
}
