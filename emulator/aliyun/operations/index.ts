import { batchCheckDeviceNames } from './batch-check-device-names';
import { batchCheckImportDevice } from './batch-check-import-device';
import { batchGetDeviceState } from './batch-get-device-state';
import { batchImportDevice } from './batch-import-device';
import { batchQueryDeviceDetail } from './batch-query-device-detail';
import { batchRegisterDevice } from './batch-register-device';
import { batchRegisterDeviceWithApplyId } from './batch-register-device-with-apply-id';
import { createProduct } from './create-product';
import { deleteDevice } from './delete-device';
import { deleteProduct } from './delete-product';
import type { Operation } from './operation';
import { queryBatchRegisterDeviceStatus } from './query-batch-register-device-status';
import { queryCertUrlByApplyId } from './query-cert-url-by-apply-id';
import { queryDevice } from './query-device';
import { queryDeviceCert } from './query-device-cert';
import { queryDeviceDetail } from './query-device-detail';
import { queryImportedDeviceByApplyId } from './query-imported-device-by-apply-id';
import { queryPageByApplyId } from './query-page-by-apply-id';
import { queryProduct } from './query-product';
import { queryProductList } from './query-product-list';
import { registerDevice } from './register-device';

/** Every operation that the emulator knows, by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [
    batchCheckDeviceNames,
    batchCheckImportDevice,
    batchGetDeviceState,
    batchImportDevice,
    batchQueryDeviceDetail,
    batchRegisterDevice,
    batchRegisterDeviceWithApplyId,
    createProduct,
    deleteDevice,
    deleteProduct,
    queryBatchRegisterDeviceStatus,
    queryCertUrlByApplyId,
    queryDevice,
    queryDeviceCert,
    queryDeviceDetail,
    queryImportedDeviceByApplyId,
    queryPageByApplyId,
    queryProduct,
    queryProductList,
    registerDevice,
  ].map((operation) => [operation.name, operation]),
);
