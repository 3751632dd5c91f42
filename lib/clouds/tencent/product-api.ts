import type { TencentApiVersion } from '../../batch/contract/cloud-reference';
import type { CollectedDevice, FoundDevice } from '../../batch/ports/cloud';
import type { TaskDevice } from './job-operations';

export interface TaskPage {
  devices: TaskDevice[];
  /** How many devices the task has in all. */
  total: number;
}

/** What either of the vendor's APIs can do with one product. Every method may throw a CloudError. */
export interface ProductApi {
  readonly version: TencentApiVersion;
  inspect(): Promise<{ devices?: number }>;
  /** Deletes a name that nobody has. `refused`: as it should be. */
  deleteReserved(name: string): Promise<'refused' | 'deleted'>;
  createTask(names: readonly string[]): Promise<string>;
  /** As the cloud says it. */
  taskStatus(taskId: string): Promise<string>;
  /** The devices of a finished task from the `offset`th on, which is a whole number of pages. */
  taskPage(taskId: string, offset: number): Promise<TaskPage>;
  collected(device: TaskDevice): CollectedDevice;
  lookUp(names: readonly string[], seen?: (done: number) => void): Promise<FoundDevice[]>;
  /** Absent where nothing of a device has to be known to delete it. */
  lookUpToDelete?(names: readonly string[], left: number): Promise<FoundDevice[]>;
  /** The secrets of those that still are the same devices, as far as the cloud tells them again. */
  readCredentials(devices: readonly { name: string; identity: string }[]): Promise<CollectedDevice[]>;
  delete(device: { name: string; identity: string }): Promise<'deleted' | 'gone'>;
  /** Resolves when nothing is under way that nobody waits for. Absent where nothing ever is. */
  idle?(): Promise<void>;
}
