import type { AliyunReference } from '../../batch/contract/cloud-reference';
import {
  CloudError,
  type Cloud,
  type CloudTraits,
  type CollectedDevice,
  type CollectedPage,
  type FoundDevice,
  type JobOpening,
  type JobState,
  type RequestTicket,
} from '../../batch/ports/cloud';
import { registerCount } from './assigned-names';
import type { AliyunClient } from './client';
import { APPLY_NOT_FOUND, INVALID_IOT_ID, NOT_EXISTED_DEVICE } from './codes';
import { detailByIdentity, secretsByName } from './device-details';
import { listCreated } from './device-listing';
import { DeleteDevice } from './device-operations';
import { cloudError, hasCode, refuse } from './failure';
import {
  BatchCheckDeviceNames,
  BatchRegisterDeviceWithApplyId,
  QueryBatchRegisterDeviceStatus,
  QueryPageByApplyId,
  refusals,
} from './job-operations';
import { jobState } from './job-state';
import { aliyunLimits, pageSizes } from './limits';
import { lookUp } from './look-up';
import { inspectProduct } from './product';

/** A product of Alibaba Cloud IoT Platform, as the engine sees it. A job is an application, its id the `ApplyId`. */
export class AliyunCloud implements Cloud {
  readonly limits = aliyunLimits;
  readonly traits: CloudTraits = {
    jobIdBornAt: 'open',
    pageSize: pageSizes.QueryPageByApplyId,
    // 40 calls a second, each a fifth of a second on its way between continents, keep eight busy; the others make up for pauses.
    concurrency: 12,
  };
  private readonly productKey: string;

  constructor(
    private readonly client: AliyunClient,
    { productKey }: Pick<AliyunReference, 'productKey'>,
  ) {
    this.productKey = productKey;
  }

  inspect(): Promise<{ devices?: number }> {
    return inspectProduct(this.client, this.productKey);
  }

  async proveDeletable(reservedName: string): Promise<void> {
    try {
      await this.client.call(DeleteDevice, { ProductKey: this.productKey, DeviceName: reservedName });
    } catch (error) {
      if (hasCode(error, NOT_EXISTED_DEVICE)) return;
      throw error;
    }
    throw refuse(
      DeleteDevice,
      'ReservedNameExisted',
      `a device had the reserved name ${reservedName}, and is deleted now`,
      'choose a name that nobody has',
    );
  }

  async open(names: readonly string[]): Promise<JobOpening> {
    // The rest would vanish without a word (help.aliyun.com 69482).
    if (names.length > this.limits.namesPerJob) {
      const text = `${names.length} names in one job, ${this.limits.namesPerJob} at most`;
      throw refuse(BatchCheckDeviceNames, 'TooManyNames', text, 'split them');
    }
    const { Data } = await this.client.call(
      BatchCheckDeviceNames,
      { ProductKey: this.productKey },
      { DeviceName: names },
    );
    const rejected = refusals(Data);
    if (rejected.length > 0) return { rejected };
    if (Data.ApplyId !== undefined && Data.ApplyId !== null) return { jobId: Data.ApplyId };
    throw refuse(BatchCheckDeviceNames, 'IncompleteAnswer', 'the answer lacks Data.ApplyId');
  }

  async commit(_names: readonly string[], jobId: string | undefined): Promise<{ jobId: string }> {
    if (jobId === undefined) {
      throw refuse(BatchRegisterDeviceWithApplyId, 'NoApplyId', 'there is no ApplyId to register');
    }
    const { Data } = await this.client.call(BatchRegisterDeviceWithApplyId, {
      ProductKey: this.productKey,
      ApplyId: jobId,
    });
    if (Data.ApplyId !== jobId) {
      const text = `the answer is for ApplyId ${Data.ApplyId} instead of ${jobId}`;
      throw cloudError(BatchRegisterDeviceWithApplyId, { code: 'OtherApplyId', text, meaning: 'uncertain' });
    }
    return { jobId };
  }

  commitCount(count: number, ticket: RequestTicket): Promise<{ jobId: string } | 'arrived'> {
    return registerCount(this.client, this.productKey, count, ticket);
  }

  async issueTicket(): Promise<RequestTicket> {
    // Any read does: it has expired keys renewed and a wrong clock corrected before the one call that must not be.
    await this.inspect();
    return this.client.issueTicket();
  }

  async observe(names: readonly string[], jobId: string): Promise<JobState> {
    try {
      const query = { ProductKey: this.productKey, ApplyId: jobId };
      const state = jobState((await this.client.call(QueryBatchRegisterDeviceStatus, query)).Data, names);
      return state.state === 'rejected' && state.passed.length > 0 ? await this.lookedUp(state) : state;
    } catch (error) {
      if (hasCode(error, APPLY_NOT_FOUND)) return { state: 'absent' };
      throw error;
    }
  }

  async collect(jobId: string, cursor: string | undefined): Promise<CollectedPage> {
    const page = Number(cursor ?? '1');
    const PageSize = pageSizes.QueryPageByApplyId;
    const { ApplyDeviceList, Total } = await this.client.call(QueryPageByApplyId, {
      ApplyId: jobId,
      CurrentPage: page,
      PageSize,
    });
    const devices = ApplyDeviceList.map(({ DeviceName, IotId, DeviceSecret }) => ({
      name: DeviceName,
      identity: IotId,
      credentials: secretOf(DeviceSecret),
    }));
    const more = page * PageSize < Total && devices.length > 0;
    if (!more) return { devices, total: Total };
    const next = String(page + 1);
    if (page > 1 || Total > this.limits.namesPerJob) return { devices, total: Total, next };
    const others = Array.from({ length: Math.ceil(Total / PageSize) - 1 }, (_, i) => String(i + 2));
    return { devices, total: Total, next, others };
  }

  lookUp(names: readonly string[], seen?: (done: number) => void): Promise<FoundDevice[]> {
    return lookUp(this.client, this.productKey, names, seen);
  }

  identify(identity: string): Promise<FoundDevice | undefined> {
    return detailByIdentity(this.client, identity);
  }

  createdSince(since: number, until: number): Promise<FoundDevice[]> {
    return listCreated(this.client, this.productKey, since, until);
  }

  readCredentials(devices: readonly { name: string; identity: string }[]): Promise<CollectedDevice[]> {
    return secretsByName(this.client, this.productKey, devices);
  }

  async delete({ name, identity }: { name: string; identity: string }): Promise<'deleted' | 'gone'> {
    try {
      // By IotId and nothing else: a later device of the same name is not ours.
      await this.client.call(DeleteDevice, { IotId: identity });
      return 'deleted';
    } catch (error) {
      if (hasCode(error, NOT_EXISTED_DEVICE)) return 'gone';
      if (error instanceof CloudError && error.details.missing === 'product') return 'gone';
      if (hasCode(error, INVALID_IOT_ID) && !(await this.exists(name, identity))) return 'gone';
      throw error;
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /**
   * Of a failed check, one page says that the good names were accepted, another that they were created (help.aliyun.com
   * 69483 and its older Chinese text). The product itself is asked.
   */
  private async lookedUp(state: Extract<JobState, { state: 'rejected' }>): Promise<JobState> {
    const existing = (await this.lookUp(state.passed)).map(({ name }) => name);
    return { ...state, ...(existing.length > 0 && { existing }) };
  }

  /** An IotId becomes invalid with its device, but the code would also fit one that never was any. */
  private async exists(name: string, identity: string): Promise<boolean> {
    return (await this.lookUp([name])).some((device) => device.identity === identity);
  }
}

/** Certificates are no secrets of this page, so there may be none. */
function secretOf(DeviceSecret: string | undefined): Record<string, string> {
  return DeviceSecret === undefined ? {} : { DeviceSecret };
}
