import type { TencentDevice } from '../../device';
import { deviceNotExist } from '../../errors';
import type { OperationCall } from '../../operation';
import type { TencentProduct } from '../../product';
import type { TencentTask } from '../../task';

export function productOf({ parameters, hub }: OperationCall): TencentProduct {
  return hub.existingProduct(parameters.requiredText('ProductId'));
}

/** The device that DeviceName names in the product. */
export function deviceOf({ parameters }: OperationCall, product: TencentProduct): TencentDevice {
  const deviceName = parameters.requiredText('DeviceName');
  const device = product.devices.get(deviceName);
  if (!device) throw deviceNotExist(deviceName);
  return device;
}

/** The task that TaskId names, of the product that ProductId names. */
export function taskOf({ parameters, hub, now }: OperationCall): TencentTask {
  const productId = parameters.requiredText('ProductId');
  return hub.tasks.find(parameters.requiredText('TaskId'), productId, now);
}
