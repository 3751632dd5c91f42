import type { Clock } from '../../batch/ports/clock';
import { CloudError, type CollectedDevice, type FoundDevice } from '../../batch/ports/cloud';
import { isSameDevice } from '../../batch/same-device';
import { hasCode } from '../http/failure';
import type { TencentClient } from './client';
import { DEVICE_NOT_EXIST } from './codes';
import { DeleteDevice, DescribeProduct, type DeviceInfo } from './device-operations';
import { DoomedDevices } from './doomed-devices';
import { refuse } from './failure';
import { identityOf } from './identity';
import { CreateMultiDevice, DescribeMultiDevices, DescribeMultiDevTask, type TaskDevice } from './job-operations';
import { pageSizes } from './limits';
import { lookUp, readDevices } from './look-up';
import type { ProductApi, TaskPage } from './product-api';
import { lackOf, requireWhole, secretsOf } from './task';

/** A product by version 2018-06-14 of API 3.0. */
export class Api3 implements ProductApi {
  readonly version = '3.0';

  private readonly doomed: DoomedDevices;

  constructor(
    private readonly client: TencentClient,
    private readonly productId: string,
    clock: Clock,
  ) {
    this.doomed = new DoomedDevices(client, productId, clock);
  }

  async inspect(): Promise<{ devices?: number }> {
    await this.client.call(DescribeProduct, { ProductId: this.productId });
    return {};
  }

  async deleteReserved(name: string): Promise<'refused' | 'deleted'> {
    try {
      await this.client.call(DeleteDevice, { ProductId: this.productId, DeviceName: name });
      return 'deleted';
    } catch (error) {
      if (hasCode(error, DEVICE_NOT_EXIST)) return 'refused';
      throw error;
    }
  }

  async createTask(names: readonly string[]): Promise<string> {
    const { TaskId } = await this.client.call(CreateMultiDevice, { ProductId: this.productId, DeviceNames: names });
    return TaskId;
  }

  async taskStatus(TaskId: string): Promise<string> {
    return (await this.client.call(DescribeMultiDevTask, { ProductId: this.productId, TaskId })).TaskStatus;
  }

  async taskPage(TaskId: string, Offset: number): Promise<TaskPage> {
    const Limit = pageSizes.DescribeMultiDevices;
    const query = { ProductId: this.productId, TaskId, Offset, Limit };
    const { DevicesInfo: devices, TotalDevNum: total } = await this.client.call(DescribeMultiDevices, query);
    return requireWhole(DescribeMultiDevices, { devices, total }, Offset, Limit);
  }

  collected(device: TaskDevice): CollectedDevice {
    const identity = identityOf(device);
    if (identity !== undefined) {
      return { name: device.DeviceName, identity, credentials: secretsOf(device), ...lackOf(device) };
    }
    const text = `the answer has neither DeviceCert nor DevicePsk of ${device.DeviceName}`;
    throw refuse(DescribeMultiDevices, 'IncompleteAnswer', text);
  }

  lookUp(names: readonly string[], seen?: (done: number) => void): Promise<FoundDevice[]> {
    return lookUp(this.client, this.productId, names, seen);
  }

  /** Only pre-shared keys are told again: of a certificate's private key the cloud has no copy (CreateDevice). */
  async readCredentials(devices: readonly { name: string; identity: string }[]): Promise<CollectedDevice[]> {
    const identities = new Map(devices.map(({ name, identity }) => [name, identity]));
    const read = (device: DeviceInfo): CollectedDevice[] => {
      const { DeviceName: name, DevicePsk } = device;
      const identity = identities.get(name);
      if (DevicePsk === undefined || identity === undefined) return [];
      if (!isSameDevice(identity, identityOf(device))) return [];
      return [{ name, identity, credentials: { DevicePsk } }];
    };
    return (await readDevices(this.client, this.productId, [...identities.keys()], read)).flat();
  }

  lookUpToDelete(names: readonly string[], left: number): Promise<FoundDevice[]> {
    return this.doomed.lookUp(names, left);
  }

  idle(): Promise<void> {
    return this.doomed.idle();
  }

  async delete({ name, identity }: { name: string; identity: string }): Promise<'deleted' | 'gone'> {
    try {
      // The cloud deletes whoever has the name: a later device of the same name is not ours.
      const present = await this.doomed.present(name);
      this.doomed.forget(name);
      if (!isSameDevice(identity, present?.identity)) return 'gone';
      await this.client.call(DeleteDevice, { ProductId: this.productId, DeviceName: name });
      return 'deleted';
    } catch (error) {
      if (hasCode(error, DEVICE_NOT_EXIST)) return 'gone';
      if (error instanceof CloudError && error.details.missing === 'product') return 'gone';
      throw error;
    }
  }
}
