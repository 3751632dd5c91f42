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

/** How many pages the whole listing has. */
export function pagesOf({ total }: FirstPage): number {
  return Math.ceil(total / pageSizes.DescribeDevices);
}

/**
 * Walks the further pages, the last one first: what is deleted meanwhile moves the others down, into pages that are still to
 * come. `complete`: as many devices were seen, with the first page, as the cloud counted all the time, so that none was
 * created or deleted.
 */
export async function furtherPages(
  client: TencentClient,
  productId: string,
  first: FirstPage,
  visit: (device: DeviceInfo) => void,
): Promise<{ complete: boolean }> {
  const names = new Set(first.devices.map(({ DeviceName }) => DeviceName));
  let steady = true;
  const downwards = Array.from({ length: pagesOf(first) - 1 }, (_, i) => pagesOf(first) - 1 - i);
  await forEachLimited(downwards, CONCURRENCY, async (number) => {
    const { TotalCount, Devices } = await page(client, productId, number * pageSizes.DescribeDevices);
    steady &&= TotalCount === first.total;
    for (const device of Devices) {
      names.add(device.DeviceName);
      visit(device);
    }
  });
  return { complete: steady && names.size === first.total };
}

function page(client: TencentClient, ProductId: string, Offset: number) {
  return client.call(DescribeDevices, { ProductId, Offset, Limit: pageSizes.DescribeDevices });
}
