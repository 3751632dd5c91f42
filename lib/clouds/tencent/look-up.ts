import type { FoundDevice } from '../../batch/ports/cloud';
import { hasCode } from '../http/failure';
import type { TencentClient } from './client';
import { DEVICE_NOT_EXIST } from './codes';
import { DescribeDevice, type DeviceInfo } from './device-operations';
import { firstPage, furtherPages } from './device-listing';
import { foundDevice } from './found-device';
import { pageSizes } from './limits';

/** Calls side by side: enough to use 16 calls a second where an answer takes a third of one. */
const CONCURRENCY = 5;

/** Listing a product that does not keep still is tried so often; then its devices are asked for one by one. */
const LISTINGS = 3;

/** So few names are asked for one by one without a look at the size of the product. */
const FEW = 3;

/** Finds which of the names exist: one a call, or by listing the whole product, 250 a call, whichever takes fewer calls. */
export async function lookUp(
  client: TencentClient,
  productId: string,
  names: readonly string[],
  seen: (done: number) => void = () => undefined,
): Promise<FoundDevice[]> {
  const wanted = new Set(names);
  const found = new Map<string, FoundDevice>();
  const keep = (device: DeviceInfo) => {
    if (!wanted.has(device.DeviceName)) return;
    found.set(device.DeviceName, foundDevice(device, client.clockSkewMs));
    seen(found.size);
  };
  for (let listings = 0; wanted.size > FEW && listings < LISTINGS; listings += 1) {
    const first = await firstPage(client, productId);
    if (Math.ceil(first.total / pageSizes.DescribeDevices) > wanted.size) break;
    found.clear();
    first.devices.forEach(keep);
    if ((await furtherPages(client, productId, first, keep)).complete) {
      seen(wanted.size);
      return [...found.values()];
    }
  }
  return oneByOne(client, productId, [...wanted], seen);
}

async function oneByOne(
  client: TencentClient,
  productId: string,
  names: readonly string[],
  seen: (done: number) => void,
): Promise<FoundDevice[]> {
  const found: FoundDevice[] = [];
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      const device = await lookUpOne(client, productId, name);
      if (device) found.push(device);
      seen((done += 1));
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    return found;
  } finally {
    // Where one failed, the others begin nothing more.
    next = names.length;
  }
}

/** The device of this name, undefined if there is none. */
export async function lookUpOne(
  client: TencentClient,
  productId: string,
  DeviceName: string,
): Promise<FoundDevice | undefined> {
  try {
    // This operation alone spells the product so (version 2018-06-14).
    const device = await client.call(DescribeDevice, { ProductID: productId, DeviceName });
    return foundDevice(device, client.clockSkewMs);
  } catch (error) {
    if (hasCode(error, DEVICE_NOT_EXIST)) return undefined;
    throw error;
  }
}
