import type { AliyunReference } from '../../batch/contract/cloud-reference';
import {
  CloudError,
  type Cloud,
  type CloudTraits,
  type CollectedPage,
  type FoundDevice,
  type JobOpening,
  type JobState,
} from '../../batch/ports/cloud';
import type { AliyunClient } from './client';
import { APPLY_NOT_FOUND, INVALID_IOT_ID, NOT_EXISTED_DEVICE } from './codes';
import { cloudError } from './failure';
import { jobState } from './job-state';
import { aliyunLimits, pageSizes } from './limits';
import { lookUp } from './look-up';
import {
  BatchCheckDeviceNames,
  BatchRegisterDeviceWithApplyId,
  DeleteDevice,
  QueryBatchRegisterDeviceStatus,
  QueryPageByApplyId,
  QueryProduct,
  refusals,
} from './operations';

/** A product of Alibaba Cloud IoT Platform, as the engine sees it. A job is an application, its id the `ApplyId`. */
export class AliyunCloud implements Cloud {
  readonly limits = aliyunLimits;
  readonly traits: CloudTraits = {
    jobIdBornAt: 'open',
    knowsActivation: true,
    pageSize: pageSizes.QueryPageByApplyId,
    // 40 calls a second, each a fifth of a second on its way between continents, keep eight busy.
    concurrency: 10,
  };
  private readonly productKey: string;

  constructor(
    private readonly client: AliyunClient,
    { productKey }: Pick<AliyunReference, 'productKey'>,
  ) {
    this.productKey = productKey;
  }

  async inspect(): Promise<{ devices?: number }> {
    const { AuthType, DeviceCount } = (await this.client.call(QueryProduct, { ProductKey: this.productKey })).Data;
    if (AuthType !== undefined && AuthType.toLowerCase() !== 'secret') {
      throw refuse(
        QueryProduct,
        'UnsupportedAuthType',
        `product ${this.productKey} authenticates its devices by ${AuthType}`,
        'only products with one secret per device (AuthType "secret") can take a batch',
      );
    }
    return DeviceCount === undefined ? {} : { devices: DeviceCount };
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

  async observe(names: readonly string[], jobId: string): Promise<JobState> {
    try {
      const query = { ProductKey: this.productKey, ApplyId: jobId };
      return jobState((await this.client.call(QueryBatchRegisterDeviceStatus, query)).Data, names);
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
    return { devices, total: Total, ...(more ? { next: String(page + 1) } : {}) };
  }

  lookUp(names: readonly string[], seen?: (done: number) => void): Promise<FoundDevice[]> {
    return lookUp(this.client, this.productKey, names, seen);
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

  /** An IotId becomes invalid with its device, but the code would also fit one that never was any. */
  private async exists(name: string, identity: string): Promise<boolean> {
    return (await this.lookUp([name])).some((device) => device.identity === identity);
  }
}

/** Certificates are no secrets of this page, so there may be none. */
function secretOf(DeviceSecret: string | undefined): Record<string, string> {
  return DeviceSecret === undefined ? {} : { DeviceSecret };
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof CloudError && error.vendorCode.toLowerCase() === code.toLowerCase();
}

function refuse(operation: { name: string }, code: string, text: string, advice?: string): CloudError {
  return cloudError({ name: operation.name, repeatable: true }, { code, text, advice, meaning: 'permanent' });
}
