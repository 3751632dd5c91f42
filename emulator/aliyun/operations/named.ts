import type { Device } from '../device';
import { notExistedDevice } from '../errors';
import { type Product, requireCertificateRegion } from '../product';
import type { OperationCall } from './operation';

/** The product that ProductKey names, in the instance that IotInstanceId names. */
export function productOf({ parameters, platform }: OperationCall): Product {
  return platform.products.find(parameters.required('ProductKey'), parameters.text('IotInstanceId'));
}

/** The same, for operations that make devices or certificates. */
export function productForDevices(call: OperationCall): Product {
  const product = productOf(call);
  requireCertificateRegion(product.authType, call.platform.region);
  return product;
}

/** The product's device that DeviceName names. */
export function deviceOfProduct({ parameters }: OperationCall, product: Product): Device {
  const device = product.devices.get(parameters.required('DeviceName'));
  if (!device) throw notExistedDevice();
  return device;
}

/** The device that IotId names, or else ProductKey with DeviceName. */
export function deviceOf(call: OperationCall): { device: Device; product: Product } {
  const { parameters, platform } = call;
  const iotId = parameters.text('IotId');
  if (iotId === undefined) {
    const product = productOf(call);
    return { device: deviceOfProduct(call, product), product };
  }
  const device = platform.deviceByIotId(iotId);
  if (!device) throw notExistedDevice();
  return { device, product: platform.products.find(device.productKey, parameters.text('IotInstanceId')) };
}
