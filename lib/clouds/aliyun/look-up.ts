import type { FoundDevice } from '../../batch/ports/cloud';
import type { AliyunClient } from './client';
import { detailsByName } from './device-details';
import { listDevices } from './device-listing';
import { QueryProduct } from './device-operations';
import { listedDevice } from './found-device';
import { documentedRates, pageSizes } from './limits';

/** What a page of a listing takes at least, in seconds: each needs the token of the one before. An assumption. */
const ROUND_TRIP_SECONDS = 0.1;

/** Listing by token works for products with fewer devices than this (API reference of QueryDevice). */
const MOST_BY_TOKEN = 1_000_000;

/**
 * Finds which of the names exist: by name, 100 a call at 5 calls a second, or by listing the whole product, 50 a
 * call at 50 a second, whichever is likely to be done first.
 */
export async function lookUp(
  client: AliyunClient,
  productKey: string,
  names: readonly string[],
  seen: (done: number) => void = () => undefined,
): Promise<FoundDevice[]> {
  const wanted = [...new Set(names)];
  if (wanted.length > pageSizes.BatchQueryDeviceDetail) {
    const { DeviceCount } = (await client.call(QueryProduct, { ProductKey: productKey })).Data;
    if (DeviceCount !== undefined && listingIsFaster(wanted.length, DeviceCount)) {
      return listed(client, productKey, wanted, seen);
    }
  }
  return detailsByName(client, productKey, wanted, seen);
}

/** Whether listing a product of `devices` is likely to be done before `names` are asked for. */
export function listingIsFaster(names: number, devices: number): boolean {
  if (devices >= MOST_BY_TOKEN) return false;
  const pages = Math.max(1, Math.ceil(devices / pageSizes.QueryDevice));
  const asking = Math.ceil(names / pageSizes.BatchQueryDeviceDetail) / documentedRates.BatchQueryDeviceDetail;
  return pages * Math.max(ROUND_TRIP_SECONDS, 1 / documentedRates.QueryDevice) < asking;
}

/**
 * Lists the product. What the listing leaves open is asked for by name: whether a disabled device ever connected,
 * and everything not found if pages shifted meanwhile and the listing does not add up.
 */
async function listed(
  client: AliyunClient,
  productKey: string,
  names: readonly string[],
  seen: (done: number) => void,
): Promise<FoundDevice[]> {
  const wanted = new Set(names);
  const found = new Map<string, FoundDevice>();
  const { complete } = await listDevices(client, productKey, (device) => {
    if (!wanted.has(device.DeviceName)) return;
    found.set(device.DeviceName, listedDevice(device, client.clockSkewMs));
    seen(found.size);
  });
  const open = names.filter((name) => {
    const device = found.get(name);
    return device === undefined ? !complete : device.everConnected === undefined;
  });
  for (const name of open) found.delete(name);
  const settled = names.length - open.length;
  const asked = await detailsByName(client, productKey, open, (done) => seen(settled + done));
  if (open.length === 0) seen(names.length);
  return [...found.values(), ...asked];
}
