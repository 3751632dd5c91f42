import type { FoundDevice } from '../../batch/ports/cloud';
import type { DeviceDetail, ListedDevice } from './device-operations';

/** `skewMs`: how far the server's clock is ahead. Times are told by ours, which is that of the caller's records. */
export function detailedDevice(device: DeviceDetail, skewMs: number): FoundDevice {
  return {
    name: device.DeviceName,
    identity: device.IotId,
    // A disabled device may have been connected before: only the time of its first connection tells.
    everConnected:
      (device.UtcActive ?? device.GmtActive) !== undefined || (device.Status !== 'DISABLE' && connectedBy(device)),
    ...createdAt(device.UtcCreate, skewMs),
  };
}

/** As a page of the listing shows it, which does not tell whether a disabled device has ever connected. */
export function listedDevice(device: ListedDevice, skewMs: number): FoundDevice {
  return {
    name: device.DeviceName,
    identity: device.IotId,
    everConnected: connectedBy(device),
    ...createdAt(device.UtcCreate, skewMs),
  };
}

/** Undefined where the status alone does not tell. */
function connectedBy({ Status, DeviceStatus }: Pick<ListedDevice, 'Status' | 'DeviceStatus'>): boolean | undefined {
  const status = Status ?? DeviceStatus;
  if (status === 'UNACTIVE') return false;
  return status === 'ONLINE' || status === 'OFFLINE' ? true : undefined;
}

function createdAt(utc: string | undefined, skewMs: number): { createdAt?: number } {
  const at = Date.parse(utc ?? '');
  return Number.isNaN(at) ? {} : { createdAt: at - skewMs };
}
