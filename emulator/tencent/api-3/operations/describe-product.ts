import type { Operation } from '../../operation';
import { seconds } from './device-info';
import { productOf } from './named';
import { properties } from './product-properties';

export const describeProduct: Operation = {
  name: 'DescribeProduct',
  callsPerSecond: 20,
  parameters: ['ProductId'],
  execute(call) {
    const product = productOf(call);
    const { productId, productName, createdAt } = product.traits;
    return {
      ProductId: productId,
      ProductName: productName,
      ProductMetadata: { CreationDate: seconds(createdAt) },
      ProductProperties: properties(product),
    };
  },
};
