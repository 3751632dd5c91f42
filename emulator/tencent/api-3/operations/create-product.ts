import { invalidValue, Refusal } from '../../errors';
import { isProductName } from '../../names';
import type { Operation } from '../../operation';
import type { Parameters } from '../../parameters';
import type { Encryption } from '../../product';
import { properties } from './product-properties';

export const createProduct: Operation = {
  name: 'CreateProduct',
  callsPerSecond: 20,
  parameters: ['ProductName', 'ProductProperties', 'Skey'],
  execute({ parameters, hub, quotas }) {
    const productName = parameters.requiredText('ProductName');
    if (!isProductName(productName)) throw invalidValue(`The product name ${productName} is invalid.`);
    const asked = parameters.object('ProductProperties');
    const productType = asked?.integer('ProductType') ?? 0;
    if (productType !== 0) {
      throw new Refusal('InvalidParameterValue.ProductTypeNotSupport', 'Only normal products are emulated.');
    }
    const products = hub.listProducts();
    if (products.some(({ traits }) => traits.productName === productName)) {
      throw new Refusal('InvalidParameterValue.ProductAlreadyExist', `The product ${productName} already exists.`);
    }
    if (products.length >= quotas.products) {
      throw new Refusal('LimitExceeded.ProductExceedLimit', 'There are too many products.');
    }
    const product = hub.addProduct({
      productName,
      encryption: encryptionOf(asked),
      description: asked?.text('ProductDescription'),
      productType,
      format: asked?.text('Format'),
    });
    const { EncryptionType, ...rest } = properties(product);
    return {
      ProductName: productName,
      ProductId: product.productId,
      // The sample of this answer has a number where all others have a text (official CLI examples).
      ProductProperties: { ...rest, EncryptionType: Number(EncryptionType) },
    };
  },
};

/** Certificates by default (ProductProperties, 2018-06-14). */
function encryptionOf(asked: Parameters | undefined): Encryption {
  const type = asked?.text('EncryptionType') ?? '1';
  if (type !== '1' && type !== '2') throw invalidValue('EncryptionType must be 1 or 2.');
  return type === '1' ? 'certificate' : 'psk';
}
