import type { z } from 'zod';
import type { FoundDevice } from '../../batch/ports/cloud';
import type { AliyunClient } from './client';
import { documentedRates, pageSizes } from './limits';
import { BatchQueryDeviceDetail, QueryDevice, QueryProduct } from './operations';

/** Calls to one operation side by side: enough to use 4 calls a second where an answer takes a second. */
const CONCURRENCY = 5;

/** What a page of a listing takes at least, in seconds: each needs the token of the one before. An assumption. */
const ROUND_TRIP_SECONDS = 0.1;

/** Listing pages by number ends here; further ones need a token (API reference of QueryDevice). */
const MOST_BY_NUMBER = 10_000;

/** Listing by token works for products with fewer devices than this (the same page). */
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
  return named(client, productKey, wanted, seen);
}

/** Whether listing a product of `devices` is likely to be done before `names` are asked for. */
export function listingIsFaster(names: number, devices: number): boolean {
  if (devices >= MOST_BY_TOKEN) return false;
  const pages = Math.max(1, Math.ceil(devices / pageSizes.QueryDevice));
  const asking = Math.ceil(names / pageSizes.BatchQueryDeviceDetail) / documentedRates.BatchQueryDeviceDetail;
  return pages * Math.max(ROUND_TRIP_SECONDS, 1 / documentedRates.QueryDevice) < asking;
}

/** Asks for the names, 100 a call. */
async function named(
  client: AliyunClient,
  productKey: string,
  names: readonly string[],
  seen: (done: number) => void,
): Promise<FoundDevice[]> {
  const found: FoundDevice[] = [];
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (next < names.length) {
      const chunk = names.slice(next, (next += pageSizes.BatchQueryDeviceDetail));
      found.push(...(await details(client, productKey, chunk)));
      seen((done += chunk.length));
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

async function details(client: AliyunClient, productKey: string, names: string[]): Promise<FoundDevice[]> {
  const asked = new Set(names);
  const { Data } = await client.call(BatchQueryDeviceDetail, { ProductKey: productKey, DeviceName: names });
  return Data.filter(({ DeviceName }) => asked.has(DeviceName)).map((device) => ({
    name: device.DeviceName,
    identity: device.IotId,
    // A disabled device may have been connected before: only the time of its first connection tells.
    everConnected: (device.UtcActive ?? device.GmtActive) !== undefined || connectedBy(device.Status) === true,
    ...createdAt(device.UtcCreate, client),
  }));
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
  const { complete } = await pages(client, productKey, (device) => {
    if (!wanted.has(device.DeviceName)) return;
    found.set(device.DeviceName, {
      name: device.DeviceName,
      identity: device.IotId,
      everConnected: connectedBy(device.DeviceStatus),
      ...createdAt(device.UtcCreate, client),
    });
    seen(found.size);
  });
  const open = names.filter((name) => {
    const device = found.get(name);
    return device === undefined ? !complete : device.everConnected === undefined;
  });
  for (const name of open) found.delete(name);
  const settled = names.length - open.length;
  const asked = await named(client, productKey, open, (done) => seen(settled + done));
  if (open.length === 0) seen(names.length);
  return [...found.values(), ...asked];
}

/** Walks all pages, by token as far as the cloud gives one. `complete`: as many devices were seen as it counts. */
async function pages(
  client: AliyunClient,
  productKey: string,
  visit: (device: ListedDevice) => void,
): Promise<{ complete: boolean }> {
  const identities = new Set<string>();
  let NextToken: string | undefined;
  for (let page = 1; ; page += 1) {
    const answer = await client.call(QueryDevice, {
      ProductKey: productKey,
      PageSize: pageSizes.QueryDevice,
      ...(NextToken === undefined ? { CurrentPage: page } : { NextToken }),
    });
    const before = identities.size;
    for (const device of answer.Data) {
      identities.add(device.IotId);
      visit(device);
    }
    const complete = identities.size >= answer.Total;
    NextToken = answer.NextToken;
    const more = NextToken !== undefined || (page + 1) * pageSizes.QueryDevice <= MOST_BY_NUMBER;
    // A page that brings nothing new ends it, so that no answer keeps us here for ever.
    if (complete || !more || identities.size === before) return { complete };
  }
}

type ListedDevice = z.output<(typeof QueryDevice)['answer']>['Data'][number];

/** Undefined where the status alone does not tell. */
function connectedBy(status: string | undefined): boolean | undefined {
  if (status === 'UNACTIVE') return false;
  return status === 'ONLINE' || status === 'OFFLINE' ? true : undefined;
}

/** By our own clock, which is the one that the caller's records were written by. */
function createdAt(utc: string | undefined, client: AliyunClient): { createdAt?: number } {
  const at = Date.parse(utc ?? '');
  return Number.isNaN(at) ? {} : { createdAt: at - client.clockSkewMs };
}
