import { BusinessError } from '../errors';
import { productOf } from './named';
import type { Operation } from './operation';

/** help.aliyun.com 89858, which does not say what becomes of a product that still has devices. */
export const deleteProduct: Operation = {
  name: 'DeleteProduct',
  callsPerSecond: 500,
  execute(call) {
    const product = productOf(call);
    if (product.devices.size > 0 && call.assumptions.deleteProductWithDevices === 'refuse') {
      throw new BusinessError('iot.system.IllegalRequest', 'The product still has devices.');
    }
    call.platform.deleteProduct(product, call.now, call.requestId);
    return {};
  },
};
