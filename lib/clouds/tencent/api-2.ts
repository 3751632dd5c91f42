import { CloudError, type CollectedDevice, type FoundDevice } from '../../batch/ports/cloud';
import { identityByName } from '../../batch/same-device';
import { hasCode } from '../http/failure';
import type { TencentClient } from './client';
import { cloudError } from './failure';
import type { TaskDevice } from './job-operations';
import {
  GetCreateMultiDevTask,
  GetMultiDevices,
  LegacyCreateMultiDevice,
  LegacyDeleteDevice,
  ListDevices,
} from './legacy-operations';
import { pageSizes } from './limits';
import type { ProductApi, TaskPage } from './product-api';
import { lackOf, requireWhole, secretsOf } from './task';

/**
 * A product by API 2.0. It tells a device's name and nothing else, so that a later device of the same name cannot be told from
 * it, nor whether either has ever connected.
 */
export class Api2 implements ProductApi {
  readonly version = '2.0';

  constructor(
    private readonly client: TencentClient,
    private readonly productID: string,
  ) {}

  async inspect(): Promise<{ devices?: number }> {
    return { devices: (await this.page(1)).totalCnt };
  }

  async deleteReserved(name: string): Promise<'refused' | 'deleted'> {
    try {
      await this.client.call(LegacyDeleteDevice, { productID: this.productID, deviceName: name });
      return 'deleted';
    } catch (error) {
      if (saysOfDevice(error)) return 'refused';
      throw error;
    }
  }

  async createTask(names: readonly string[]): Promise<string> {
    const query = { productID: this.productID, listDeviceName: names };
    return (await this.client.call(LegacyCreateMultiDevice, query)).taskID;
  }

  async taskStatus(taskID: string): Promise<string> {
    // Later pages of other actions want productID as well (2019-04-30).
    return (await this.client.call(GetCreateMultiDevTask, { productID: this.productID, taskID })).taskStatus;
  }

  async taskPage(taskID: string, offset: number): Promise<TaskPage> {
    const pageSize = pageSizes.DescribeMultiDevices;
    const query = { productID: this.productID, taskID, pageNum: offset / pageSize + 1, pageSize };
    const { listCreateDeviceInfo: devices, totalDevNum: total } = await this.client.call(GetMultiDevices, query);
    return requireWhole(GetMultiDevices, { devices, total }, offset, pageSize);
  }

  collected(device: TaskDevice): CollectedDevice {
    const name = device.DeviceName;
    return { name, identity: identityByName(name), credentials: secretsOf(device), ...lackOf(device) };
  }

  async lookUp(names: readonly string[], seen: (done: number) => void = () => undefined): Promise<FoundDevice[]> {
    let before: ReadonlySet<string> | undefined;
    for (let listing = 1; listing <= LISTINGS; listing += 1) {
      const { all, complete, isOnePage } = await this.list();
      // What is on a page exists; only for what is on none must no page have shifted. Where as many were made as deleted the count does
      // not show it, but what was seen before is then not all there any more.
      const whole = complete && (isOnePage || (before !== undefined && [...before].every((name) => all.has(name))));
      before = complete ? all : undefined;
      if (!whole && !names.every((name) => all.has(name))) continue;
      seen(names.length);
      return names.filter((name) => all.has(name)).map((name) => ({ name, identity: identityByName(name) }));
    }
    // A device that a shifted page left out would count as one that does not exist.
    const text = `the product changed each of the ${LISTINGS} times that its devices were listed`;
    throw cloudError(ListDevices, { code: 'IncompleteAnswer', text, meaning: 'uncertain' });
  }

  /** It tells names only. */
  async readCredentials(): Promise<CollectedDevice[]> {
    return [];
  }

  async delete({ name }: { name: string }): Promise<'deleted' | 'gone'> {
    try {
      await this.client.call(LegacyDeleteDevice, { productID: this.productID, deviceName: name });
      return 'deleted';
    } catch (error) {
      if (error instanceof CloudError && error.details.missing === 'product') return 'gone';
      if (saysOfDevice(error) && (await this.lookUp([name])).length === 0) return 'gone';
      throw error;
    }
  }

  /** `complete`: as many devices were seen as the cloud counted all the time. */
  private async list(): Promise<{ all: ReadonlySet<string>; complete: boolean; isOnePage: boolean }> {
    const all = new Set<string>();
    const first = await this.page(1);
    for (let page = first, pageNum = 1; ; page = await this.page((pageNum += 1))) {
      const before = all.size;
      for (const { deviceName } of page.devices) all.add(deviceName);
      const steady = page.totalCnt === first.totalCnt;
      // A page that brings nothing new ends it, so that no answer keeps us here for ever.
      if (!steady || all.size >= first.totalCnt || all.size === before) {
        return { all, complete: steady && all.size === first.totalCnt, isOnePage: pageNum === 1 };
      }
    }
  }

  private page(pageNum: number) {
    const pageSize = pageSizes.ListDevices;
    return this.client.call(ListDevices, { productID: this.productID, pageNum, pageSize });
  }
}

/** A product of more than a page is listed twice, and one that does not keep still so often. */
const LISTINGS = 4;

/**
 * Whether the IoT module, behind signature and permissions, refused the device itself. Its code for one that does not exist is
 * documented nowhere; these are all that are documented for something else.
 */
function saysOfDevice(error: unknown): boolean {
  if (!(error instanceof CloudError) || error.kind !== 'permanent' || !/^[12]\d{3}$/.test(error.vendorCode))
    return false;
  return !['1004', '1101', '2101'].some((code) => hasCode(error, code));
}
