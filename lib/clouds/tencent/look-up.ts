import { forEachLimited } from '../../batch/concurrency';
import type { FoundDevice } from '../../batch/ports/cloud';
import { hasCode } from '../http/failure';
import type { TencentClient } from './client';
import { DEVICE_NOT_EXIST } from './codes';
import { DescribeDevice, type DeviceInfo } from './device-operations';
import { CONCURRENCY, firstPage, furtherPages, pagesOf } from './device-listing';
import { foundDevice } from './found-device';

/** Listing a product that does not keep still is tried so often; then its devices are asked for one by one. */
const LISTINGS = 3;

/** So few names are asked for one by one without a look at the size of the product. */
export const FEW = 3;

/** Which of the names exist, and what the engine wants to know of their devices. */
export function lookUp(
  client: TencentClient,
  productId: string,
  names: readonly string[],
  seen?: (done: number) => void,
): Promise<FoundDevice[]> {
  return readDevices(client, productId, names, (device) => foundDevice(device, client.clockSkewMs), seen);
}

/**
 * Reads those of the names that exist: one a call, or by listing the whole product, 250 a call, whichever takes fewer calls.
 * Only what `read` makes of a device is kept: certificates are large.
 */
export async function readDevices<T>(
  client: TencentClient,
  productId: string,
  names: readonly string[],
  read: (device: DeviceInfo) => T,
  seen: (done: number) => void = () => undefined,
): Promise<T[]> {
  const wanted = new Set(names);
  const found = new Map<string, T>();
  const keep = (device: DeviceInfo) => {
    if (!wanted.has(device.DeviceName)) return;
    found.set(device.DeviceName, read(device));
    seen(found.size);
  };
  for (let listings = 0; wanted.size > FEW && listings < LISTINGS; listings += 1) {
    const first = await firstPage(client, productId);
    if (pagesOf(first) > wanted.size) break;
    found.clear();
    first.devices.forEach(keep);
    const { complete } = await furtherPages(client, productId, first, keep);
    // What is on a page exists; only for what is on none must no page have shifted.
    if (complete || found.size === wanted.size) {
      seen(wanted.size);
      return [...found.values()];
    }
  }
  return readOneByOne(client, productId, [...wanted], read, seen);
}

export async function readOneByOne<T>(
  client: TencentClient,
  productId: string,
  names: readonly string[],
  read: (device: DeviceInfo) => T,
  seen: (done: number) => void = () => undefined,
): Promise<T[]> {
  const found: T[] = [];
  let done = 0;
  await forEachLimited(names, CONCURRENCY, async (name) => {
    const device = await deviceOf(client, productId, name);
    if (device) found.push(read(device));
    seen((done += 1));
  });
  return found;
}

/** The device of this name, undefined if there is none. */
export async function deviceOf(
  client: TencentClient,
  productId: string,
  DeviceName: string,
): Promise<DeviceInfo | undefined> {
  try {
    // This operation alone spells the product so (version 2018-06-14).
    return await client.call(DescribeDevice, { ProductID: productId, DeviceName });
  } catch (error) {
    if (hasCode(error, DEVICE_NOT_EXIST)) return undefined;
    throw error;
  }
}
