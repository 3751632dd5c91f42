import type { Operation } from '../../operation';
import { createDevice } from './create-device';
import { createMultiDevice } from './create-multi-device';
import { createProduct } from './create-product';
import { deleteDevice } from './delete-device';
import { deleteProduct } from './delete-product';
import { describeDevice } from './describe-device';
import { describeDevices } from './describe-devices';
import { describeMultiDevTask } from './describe-multi-dev-task';
import { describeMultiDevices } from './describe-multi-devices';
import { describeProduct } from './describe-product';

/** Every operation of version 2018-06-14 that the emulator knows, by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [
    createDevice,
    createMultiDevice,
    createProduct,
    deleteDevice,
    deleteProduct,
    describeDevice,
    describeDevices,
    describeMultiDevTask,
    describeMultiDevices,
    describeProduct,
  ].map((operation) => [operation.name, operation]),
);
