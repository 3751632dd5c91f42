import type { Operation } from '../../operation';
import { createMultiDevice } from './create-multi-device';
import { deleteDevice } from './delete-device';
import { getCreateMultiDevTask } from './get-create-multi-dev-task';
import { getMultiDevices } from './get-multi-devices';
import { listDevices } from './list-devices';

/** Every action of API 2.0 that the emulator knows, by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [createMultiDevice, deleteDevice, getCreateMultiDevTask, getMultiDevices, listDevices].map((operation) => [
    operation.name,
    operation,
  ]),
);
