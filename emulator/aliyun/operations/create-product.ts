import { BusinessError } from '../errors';
import type { Parameters } from '../parameters';
import { type AuthType, requireCertificateRegion } from '../product';
import type { Operation } from './operation';

/** alibabacloud.com/help/en/iot/developer-reference/api-c50987. The key of the new product stands at the top and in Data. */
export const createProduct: Operation = {
  name: 'CreateProduct',
  callsPerSecond: 50,
  execute({ parameters, platform: { products, region } }) {
    const instanceId = parameters.text('IotInstanceId');
    const siblings = products.of(instanceId);
    const productName = parameters.required('ProductName');
    if ([...productName].length < 4 || [...productName].length > 30) {
      throw new BusinessError('iot.prod.InvalidFormattedProductName', 'The product name must have 4 to 30 characters.');
    }
    const nodeType = oneOf(parameters.required('NodeType'), ['0', '1'], 'iot.prod.InvalidNodeType');
    const commodity = parameters.text('AliyunCommodityCode') ?? 'iothub';
    oneOf(commodity, ['iothub', 'iothub_senior'], 'iot.prod.InvalidAliyunCommodityCode');
    const authType = authTypeOf(parameters);
    requireCertificateRegion(authType, region);
    const description = parameters.text('Description') ?? '';
    // The code is documented, the limit is that of the console (an assumption).
    if ([...description].length > 100)
      throw new BusinessError('iot.prod.LongProductDesc', 'The description is too long.');
    if (siblings.some((product) => product.productName === productName)) {
      throw new BusinessError('iot.prod.AlreadyExistedProductName', `The product name ${productName} already exists.`);
    }
    if (products.roomForProducts(instanceId) < 1) {
      throw new BusinessError('iot.prod.ProductCountExceedMax', 'There are too many products.');
    }
    const { productKey, traits } = products.add({
      productName,
      authType,
      nodeType: Number(nodeType),
      instanceId,
      description,
      aliyunCommodityCode: commodity,
      dataFormat: Number(parameters.digits('DataFormat') ?? 1),
      netType: parameters.text('NetType'),
      protocolType: parameters.text('ProtocolType'),
      categoryKey: parameters.text('CategoryKey'),
    });
    return {
      ProductKey: productKey,
      Data: {
        AliyunCommodityCode: traits.aliyunCommodityCode,
        AuthType: traits.authType,
        DataFormat: traits.dataFormat,
        Description: traits.description,
        Id2: false,
        NodeType: traits.nodeType,
        ProductKey: productKey,
        ProductName: traits.productName,
        ProductSecret: traits.productSecret,
        ProtocolType: traits.protocolType,
      },
    };
  },
};

function authTypeOf(parameters: Parameters): AuthType {
  const asked = parameters.text('AuthType') ?? 'secret';
  if (asked === 'id2' || parameters.text('Id2') === 'true') {
    throw new BusinessError('iot.prod.NotOpenID2Service', 'ID² is not activated.');
  }
  return oneOf(asked, ['secret', 'x509'], 'iot.common.InvalidFormattedParameter');
}

function oneOf<T extends string>(value: string, allowed: readonly T[], code: string): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new BusinessError(code, `${value} is none of ${allowed.join(', ')}.`);
  return found;
}
