import { Refusal } from '../../errors';
import type { Operation } from '../../operation';
import { productOf } from './named';

export const deleteProduct: Operation = {
  name: 'DeleteProduct',
  callsPerSecond: 20,
  parameters: ['ProductId', 'Skey'],
  execute(call) {
    const product = productOf(call);
    if (product.devices.size > 0) {
      throw new Refusal('UnauthorizedOperation.DevicesExistUnderProduct', 'The product still has devices.');
    }
    call.hub.removeProduct(product);
    return {};
  },
};
