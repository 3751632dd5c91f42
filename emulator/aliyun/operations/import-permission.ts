import type { AliyunAssumptions } from '../assumptions';
import { BusinessError } from '../errors';
import type { Product } from '../product';

/** Imports are for standard instances and MQTT gateway products (api-batchimportdevice). */
export function requireImport(product: Product, { importWithoutInstance }: Readonly<AliyunAssumptions>): void {
  if (product.instanceId === undefined && importWithoutInstance === 'refuse') {
    throw new BusinessError('iot.common.APINotSupportedInInstance', 'A public instance has no imports.');
  }
}
