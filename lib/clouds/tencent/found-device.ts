import type { FoundDevice } from '../../batch/ports/cloud';
import { type DeviceInfo, DescribeDevice } from './device-operations';
import { refuse } from './failure';
import { identityOf } from './identity';

/**
 * `skewMs`: how far the server's clock is ahead. Times are told by ours, which is that of the caller's records.
 *
 * @throws CloudError `IncompleteAnswer` if the device has neither certificate nor key: nothing else identifies it.
 */
export function foundDevice(device: DeviceInfo, skewMs: number): FoundDevice {
  const identity = identityOf(device);
  if (identity === undefined) {
    const text = `the answer has neither DeviceCert nor DevicePsk of ${device.DeviceName}`;
    throw refuse(DescribeDevice, 'IncompleteAnswer', text);
  }
  return {
    name: device.DeviceName,
    identity,
    everConnected: everConnected(device),
    // Whole seconds, cut off.
    ...(device.CreateTime !== undefined && { createdAt: device.CreateTime * 1000 - skewMs }),
  };
}

/** Any sign of a connection counts. Undefined where the cloud tells none of the times of one. */
function everConnected({ Online, FirstOnlineTime, LoginTime, LastOfflineTime }: DeviceInfo): boolean | undefined {
  const times = [FirstOnlineTime, LoginTime, LastOfflineTime];
  // 3 is "not activated" in a later version of the API (DescribeDevice, 2021-04-08).
  if (Online === 1 || times.some((time) => time !== undefined && time > 0)) return true;
  return FirstOnlineTime === 0 || LoginTime === 0 ? false : undefined;
}
