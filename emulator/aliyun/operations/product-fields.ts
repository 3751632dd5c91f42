import type { Product } from '../product';

/** What QueryProduct and QueryProductList both tell of a product. */
export function productFields({ traits, devices }: Product) {
  return {
    AuthType: traits.authType,
    DataFormat: traits.dataFormat,
    Description: traits.description,
    DeviceCount: devices.size,
    GmtCreate: traits.createdAt,
    NodeType: traits.nodeType,
    ProductKey: traits.productKey,
    ProductName: traits.productName,
  };
}
