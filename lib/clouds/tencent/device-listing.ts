import type { TencentClient } from './client';
import { type DeviceInfo, DescribeDevices } from './device-operations';
import { pageSizes } from './limits';

/** Pages side by side: enough to use 16 calls a second where an answer takes a third of one. */
const CONCURRENCY = 5;

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
  let next = pagesOf(first) - 1;
  const worker = async (): Promise<void> => {
    while (next > 0) {
      const offset = next * pageSizes.DescribeDevices;
      next -= 1;
      const { TotalCount, Devices } = await page(client, productId, offset);
      steady &&= TotalCount === first.total;
      for (const device of Devices) {
        names.add(device.DeviceName);
        visit(device);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    return { complete: steady && names.size === first.total };
  } finally {
    // Where one failed, the others begin nothing more.
    next = 0;
  }
}

function page(client: TencentClient, ProductId: string, Offset: number) {
  return client.call(DescribeDevices, { ProductId, Offset, Limit: pageSizes.DescribeDevices });
}
