import { productOf } from './named';
import type { Operation } from './operation';
import { productFields } from './product-fields';

/** help.aliyun.com 69244. */
export const queryProduct: Operation = {
  name: 'QueryProduct',
  callsPerSecond: 50,
  execute(call) {
    const product = productOf(call);
    const { aliyunCommodityCode, categoryKey, netType, productSecret, protocolType } = product.traits;
    return {
      Data: {
        ...productFields(product),
        AliyunCommodityCode: aliyunCommodityCode,
        CategoryKey: categoryKey,
        Id2: false,
        NetType: Number(netType),
        Owner: true,
        ProductSecret: productSecret,
        ProductStatus: 'DEVELOPMENT_STATUS',
        ProtocolType: protocolType,
      },
    };
  },
};
