import type { Operation } from '../../operation';
import { deviceInfo } from './device-info';
import { deviceOf } from './named';

/** This version alone spells its parameter `ProductID`. Its rate is that of DescribeDevices (an assumption). */
export const describeDevice: Operation = {
  name: 'DescribeDevice',
  callsPerSecond: 20,
  parameters: ['ProductID', 'DeviceName'],
  execute(call) {
    const product = call.hub.existingProduct(call.parameters.requiredText('ProductID'));
    return deviceInfo(deviceOf(call, product), call.assumptions);
  },
};
