import type { Operation } from './operation';

/** help.aliyun.com 69244. */
export const queryProduct: Operation = {
  name: 'QueryProduct',
  callsPerSecond: 50,
  execute({ parameters, platform }) {
    const product = platform.product(parameters.required('ProductKey'), parameters.text('IotInstanceId'));
    return {
      Data: {
        AuthType: product.authType,
        DataFormat: 1,
        DeviceCount: product.devices.size,
        GmtCreate: product.createdAt,
        NetType: 3,
        NodeType: product.nodeType,
        Owner: true,
        ProductKey: product.productKey,
        ProductName: product.productName,
        ProductSecret: product.productSecret,
        ProductStatus: 'DEVELOPMENT_STATUS',
      },
    };
  },
};
