import type { CloudLimits } from '../../batch/contract/limits';
import {
  CloudError,
  type Cloud,
  type CloudTraits,
  type CollectedDevice,
  type CollectedPage,
  type FoundDevice,
  type JobOpening,
  type JobState,
} from '../../batch/ports/cloud';
import { DeleteDevice } from './device-operations';
import { refuse } from './failure';
import { CreateMultiDevice } from './job-operations';
import { limitsOfApi, pageSizes } from './limits';
import type { ProductApi } from './product-api';
import { failureOf, taskDevices, wasCreated } from './task';

/** A product of Tencent Cloud IoT Hub, as the engine sees it. A job is a task, its id the `TaskId`. */
export class TencentCloud implements Cloud {
  readonly limits: CloudLimits;
  readonly traits: CloudTraits;
  readonly lookUpToDelete: Cloud['lookUpToDelete'];

  constructor(
    private readonly api: ProductApi,
    private readonly ended: () => Promise<void>,
  ) {
    this.limits = limitsOfApi(api.version);
    this.lookUpToDelete = api.lookUpToDelete?.bind(api);
    this.traits = {
      jobIdBornAt: 'commit',
      ...(api.version === '2.0' && { knowsNamesOnly: true }),
      pageSize: pageSizes.DescribeMultiDevices,
      // A listing of the product serves any number of names.
      lookUpPart: 100_000,
      // 80 calls a second, each a fifth of a second on its way between continents, keep sixteen busy.
      concurrency: 20,
    };
  }

  inspect(): Promise<{ devices?: number }> {
    return this.api.inspect();
  }

  async proveDeletable(reservedName: string): Promise<void> {
    if ((await this.api.deleteReserved(reservedName)) === 'refused') return;
    throw refuse(
      DeleteDevice,
      'ReservedNameExisted',
      `a device had the reserved name ${reservedName}, and is deleted now`,
      'choose a name that nobody has',
    );
  }

  /** This cloud checks names as it creates their devices, and not before. */
  async open(names: readonly string[]): Promise<JobOpening> {
    const { namesPerJob } = this.limits;
    if (names.length <= namesPerJob) return {};
    const text = `${names.length} names in one job, ${namesPerJob} at most`;
    throw refuse(CreateMultiDevice, 'TooManyNames', text, 'split them');
  }

  async commit(names: readonly string[]): Promise<{ jobId: string }> {
    return { jobId: await this.api.createTask(names) };
  }

  async observe(_names: readonly string[], jobId: string): Promise<JobState> {
    try {
      const status = await this.api.taskStatus(jobId);
      if (status === '2') return await this.settled(jobId);
      return status === '0' || status === '1' ? { state: 'running' } : { state: 'unknown', raw: status };
    } catch (error) {
      if (error instanceof CloudError && error.details.missing === 'job') return { state: 'absent' };
      throw error;
    }
  }

  async collect(jobId: string, cursor: string | undefined): Promise<CollectedPage> {
    const offset = Number(cursor ?? '0');
    const { devices, total } = await this.api.taskPage(jobId, offset);
    const end = offset + devices.length;
    return {
      devices: devices.filter(wasCreated).map((device) => this.api.collected(device)),
      total,
      ...(end < total && { next: String(end) }),
    };
  }

  lookUp(names: readonly string[], seen?: (done: number) => void): Promise<FoundDevice[]> {
    return this.api.lookUp(names, seen);
  }

  readCredentials(devices: readonly { name: string; identity: string }[]): Promise<CollectedDevice[]> {
    return this.api.readCredentials(devices);
  }

  delete(device: { name: string; identity: string }): Promise<'deleted' | 'gone'> {
    return this.api.delete(device);
  }

  async close(): Promise<void> {
    await this.ended();
    await this.api.idle?.();
  }

  /** A task is finished when each of its devices was tried: what became of them stands in its pages. */
  private async settled(jobId: string): Promise<JobState> {
    const devices = await taskDevices(this.api, jobId);
    return {
      state: 'settled',
      created: devices.filter(wasCreated).map(({ DeviceName }) => DeviceName),
      failures: devices.filter((device) => !wasCreated(device)).map(failureOf),
    };
  }
}
