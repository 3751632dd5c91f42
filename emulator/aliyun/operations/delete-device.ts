import type { Device } from '../device';
import { notExistedDevice } from '../errors';
import type { Operation, OperationCall } from './operation';

/** help.aliyun.com 69485. Irreversible; of IotId and ProductKey with DeviceName the IotId counts. */
export const deleteDevice: Operation = {
  name: 'DeleteDevice',
  callsPerSecond: 50,
  execute(call) {
    call.platform.delete(deviceOf(call), call.now, call.requestId);
    return {};
  },
};

function deviceOf({ parameters, platform }: OperationCall): Device {
  const instanceId = parameters.text('IotInstanceId');
  const iotId = parameters.text('IotId');
  const productKey = iotId ? platform.deviceByIotId(iotId)?.productKey : parameters.required('ProductKey');
  if (productKey === undefined) throw notExistedDevice();
  const product = platform.product(productKey, instanceId);
  const device = iotId ? platform.deviceByIotId(iotId) : product.devices.get(parameters.required('DeviceName'));
  if (!device) throw notExistedDevice();
  return device;
}
