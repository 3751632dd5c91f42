import { batchCheckDeviceNames } from './batch-check-device-names';
import { batchGetDeviceState } from './batch-get-device-state';
import { batchQueryDeviceDetail } from './batch-query-device-detail';
import { batchRegisterDevice } from './batch-register-device';
import { batchRegisterDeviceWithApplyId } from './batch-register-device-with-apply-id';
import { deleteDevice } from './delete-device';
import type { Operation } from './operation';
import { queryBatchRegisterDeviceStatus } from './query-batch-register-device-status';
import { queryDevice } from './query-device';
import { queryPageByApplyId } from './query-page-by-apply-id';
import { queryProduct } from './query-product';

/** Every operation that the emulator knows, by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [
    batchCheckDeviceNames,
    batchGetDeviceState,
    batchQueryDeviceDetail,
    batchRegisterDevice,
    batchRegisterDeviceWithApplyId,
    deleteDevice,
    queryBatchRegisterDeviceStatus,
    queryDevice,
    queryPageByApplyId,
    queryProduct,
  ].map((operation) => [operation.name, operation]),
);
