import { type Operation, siblingRate } from '../../operation';
import { pageOf } from './page';

/** Tells names only: neither whether a device has ever connected nor when it was created. */
export const listDevices: Operation = {
  name: 'ListDevices',
  callsPerSecond: siblingRate,
  parameters: ['productID', 'pageNum', 'pageSize'],
  execute({ parameters, hub, assumptions }) {
    const product = hub.existingProduct(parameters.requiredText('productID'));
    const { from, to } = pageOf(parameters, assumptions.limitOfTaskPage);
    const devices = product.list(assumptions);
    return {
      totalCnt: devices.length,
      devices: devices.slice(from, to).map(({ deviceName }) => ({ deviceName, productID: product.productId })),
    };
  },
};
