import { forEachLimited } from '../../batch/concurrency';
import type { TencentClient } from './client';
import { type DeviceInfo, DescribeDevices } from './device-operations';
import { pageSizes } from './limits';

/** Calls side by side: enough to use 16 a second where an answer takes a third of one. */
export const CONCURRENCY = 5;

/** The first page of a product's devices, and how many there are in all. */
export interface FirstPage {
  total: number;
  devices: readonly DeviceInfo[];
}

export async function firstPage(client: TencentClient, productId: string): Promise<FirstPage> {
  const { TotalCount, Devices } = await page(client, productId, 0);
  return { total: TotalCount, devices: Devices };
}

/** Pages begin with the last device of the one before, by which it is seen whether they fit together. */
const STEP = pageSizes.DescribeDevices - 1;

/** How many pages the whole listing has. */
export function pagesOf({ total }: FirstPage): number {
  return Math.ceil((total - 1) / STEP);
}

/**
 * Walks the further pages, the last one first: what is deleted meanwhile moves the others down, into pages that are still to
 * come. `complete`: each page begins with the device that the one before ends with, so that none has slipped through in between. That
 * the cloud counts as many devices as before does not show it: one may have been deleted and another one made.
 */
export async function furtherPages(
  client: TencentClient,
  productId: string,
  first: FirstPage,
  visit: (device: DeviceInfo) => void,
): Promise<{ complete: boolean }> {
  const [begins, ends] = [new Map<number, string>(), new Map<number, string>()];
  const note = (number: number, devices: readonly DeviceInfo[]) => {
    const [begin, end] = [devices[0], devices[STEP]];
    if (begin) begins.set(number, begin.DeviceName);
    if (end) ends.set(number, end.DeviceName);
  };
  note(0, first.devices);
  const downwards = Array.from({ length: pagesOf(first) - 1 }, (_, i) => pagesOf(first) - 1 - i);
  await forEachLimited(downwards, CONCURRENCY, async (number) => {
    const { Devices } = await page(client, productId, number * STEP);
    note(number, Devices);
    Devices.forEach(visit);
  });
  return { complete: downwards.every((number) => begins.has(number) && begins.get(number) === ends.get(number - 1)) };
}

function page(client: TencentClient, ProductId: string, Offset: number) {
  return client.call(DescribeDevices, { ProductId, Offset, Limit: pageSizes.DescribeDevices });
}
