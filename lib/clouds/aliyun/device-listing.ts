import type { FoundDevice } from '../../batch/ports/cloud';
import type { AliyunClient } from './client';
import { QueryDevice, type ListedDevice } from './device-operations';
import { listedDevice } from './found-device';
import { pageSizes } from './limits';

/** Listing pages by number ends here; further ones need a token (API reference of QueryDevice). */
const MOST_BY_NUMBER = 10_000;

/**
 * Walks the devices of a product, newest first, by token as far as the cloud gives one, until `visit` has seen enough.
 * `complete`: as many devices were seen as the cloud counts, and never fewer than at first. New ones push others onto later pages; one
 * that was seen and is deleted pulls others onto pages that were read already, and counts in their place.
 */
export async function listDevices(
  client: AliyunClient,
  productKey: string,
  visit: (device: ListedDevice) => void | 'enough',
): Promise<{ complete: boolean }> {
  const identities = new Set<string>();
  let NextToken: string | undefined;
  let least = 0;
  let steady = true;
  for (let page = 1; ; page += 1) {
    const answer = await client.call(QueryDevice, {
      ProductKey: productKey,
      PageSize: pageSizes.QueryDevice,
      ...(NextToken === undefined ? { CurrentPage: page } : { NextToken }),
    });
    const before = identities.size;
    for (const device of answer.Data) {
      identities.add(device.IotId);
      if (visit(device) === 'enough') return { complete: false };
    }
    if (page === 1) least = answer.Total;
    steady &&= answer.Total >= least;
    const over = identities.size >= answer.Total;
    NextToken = answer.NextToken;
    const more = NextToken !== undefined || (page + 1) * pageSizes.QueryDevice <= MOST_BY_NUMBER;
    // A page that brings nothing new ends it, so that no answer keeps us here for ever.
    if (over || !more || identities.size === before) return { complete: over && steady };
  }
}

/** Devices that were created between two moments (ms since 1970 by our clock), as far as the cloud tells when. */
export async function listCreated(
  client: AliyunClient,
  productKey: string,
  since: number,
  until: number,
): Promise<FoundDevice[]> {
  const found: FoundDevice[] = [];
  await listDevices(client, productKey, (listed) => {
    const device = listedDevice(listed, client.clockSkewMs);
    const { createdAt = NaN } = device;
    if (createdAt >= since && createdAt <= until) found.push(device);
    return createdAt < since ? 'enough' : undefined;
  });
  return found;
}
