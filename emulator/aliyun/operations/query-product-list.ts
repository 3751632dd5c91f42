import { deepestItem, pageOf, slice } from './page';
import type { Operation } from './operation';
import { productFields } from './product-fields';

const paging = { maximumSize: 200, required: true };

/** github.com/alibabacloud-go/iot-20180120. The newest first (an assumption). */
export const queryProductList: Operation = {
  name: 'QueryProductList',
  callsPerSecond: 50,
  slowerRate: (parameters) =>
    deepestItem(parameters) >= 100_000 ? { bucket: 'QueryProductList deep', perSecond: 2 } : undefined,
  execute({ parameters, platform }) {
    const request = pageOf(parameters, paging);
    const commodity = parameters.text('AliyunCommodityCode');
    const products = platform.products
      .of(parameters.text('IotInstanceId'))
      .filter(({ traits }) => commodity === undefined || traits.aliyunCommodityCode === commodity)
      .reverse();
    return {
      Data: {
        CurrentPage: request.page,
        PageCount: Math.ceil(products.length / request.pageSize),
        PageSize: request.pageSize,
        Total: products.length,
        List: { ProductInfo: slice(products, request).map(productFields) },
      },
    };
  },
};
