import { deviceNotExist } from '../../errors';
import { type Operation, siblingRate } from '../../operation';

export const deleteDevice: Operation = {
  name: 'DeleteDevice',
  callsPerSecond: siblingRate,
  parameters: ['productID', 'deviceName'],
  execute({ parameters, hub, now, requestId }) {
    const product = hub.existingProduct(parameters.requiredText('productID'));
    const deviceName = parameters.requiredText('deviceName');
    const device = product.devices.get(deviceName);
    if (!device) throw deviceNotExist(deviceName);
    hub.delete(device, now, requestId);
    return {};
  },
};
