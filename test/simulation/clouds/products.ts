import { aliyunProduct } from './aliyun';
import type { SimulatedProduct } from './simulated-cloud';
import { tencentProduct } from './tencent';

/**
 * Where lives are led: on both clouds, by each of their APIs. `legacy` and `preSharedKeys` are one product, so that a batch can
 * change the version of the API and keep its devices.
 */
export const products = {
  aliyun: aliyunProduct('a1First00001'),
  otherAliyun: aliyunProduct('a1Other00001'),
  certificates: tencentProduct('CERTIFIED1', 'certificate', '3.0'),
  preSharedKeys: tencentProduct('PRESHARED2', 'psk', '3.0'),
  legacy: tencentProduct('PRESHARED2', 'psk', '2.0'),
  legacyCertificates: tencentProduct('CERTLEGACY', 'certificate', '2.0'),
} as const satisfies Record<string, SimulatedProduct>;

export type ProductName = keyof typeof products;

export function isOnTencent(name: ProductName): boolean {
  return products[name].reference.tencent !== undefined;
}
