import type { TencentProduct } from '../../product';

/** ProductProperties of 2018-06-14, as far as a product without special features has them. */
export function properties({ traits }: TencentProduct) {
  return {
    ProductDescription: traits.description,
    EncryptionType: traits.encryption === 'certificate' ? '1' : '2',
    Region: 'gz',
    ProductType: traits.productType,
    Format: traits.format,
    Platform: '0',
    Appeui: '',
    ModelId: '',
    ModelName: '',
    ProductKey: '',
    RegisterType: 0,
    ProductSecret: '',
    RegisterLimit: 0,
  };
}
