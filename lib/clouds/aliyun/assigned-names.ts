import { CloudError, type RequestTicket } from '../../batch/ports/cloud';
import type { AliyunClient } from './client';
import { NONCE_USED, meaningOf } from './codes';
import { cloudError, hasCode } from './failure';
import { BatchRegisterDevice } from './job-operations';
import { aliyunLimits } from './limits';

/**
 * Has the cloud register `count` devices under names of its own. Nothing but the ticket tells a copy of this call from
 * a further one: `arrived` means that its nonce was used before, so that an earlier copy reached the cloud.
 */
export async function registerCount(
  client: AliyunClient,
  productKey: string,
  count: number,
  ticket: RequestTicket,
): Promise<{ jobId: string } | 'arrived'> {
  const { assignedPerJob = 0 } = aliyunLimits;
  if (count < 1 || count > assignedPerJob) {
    const text = `${count} devices in one job, 1 to ${assignedPerJob} are possible`;
    throw cloudError(BatchRegisterDevice, { code: 'WrongCount', text, meaning: 'permanent' });
  }
  try {
    const query = { ProductKey: productKey, Count: count };
    return { jobId: (await client.callOnce(BatchRegisterDevice, query, ticket)).Data.ApplyId };
  } catch (error) {
    if (hasCode(error, NONCE_USED)) return 'arrived';
    throw clockRefused(error) ? unknown(error) : error;
  }
}

/** By its date the gateway refuses a copy without looking at its nonce, so that an earlier one may have been executed. */
function clockRefused(error: unknown): error is CloudError {
  return error instanceof CloudError && meaningOf(error.vendorCode, 400).meaning === 'clock';
}

function unknown({ vendorCode, message, details }: CloudError): CloudError {
  return new CloudError('outcomeUnknown', vendorCode, message, details);
}
