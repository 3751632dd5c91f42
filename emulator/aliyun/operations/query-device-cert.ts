import { BusinessError } from '../errors';
import { deviceOfProduct, productForDevices } from './named';
import type { Operation } from './operation';

/** Of a single X.509 device, in cn-shanghai only. Status: 0 being made, 1 failed, 2 ready. */
export const queryDeviceCert: Operation = {
  name: 'QueryDeviceCert',
  callsPerSecond: 10,
  execute(call) {
    const product = productForDevices(call);
    const device = deviceOfProduct(call, product);
    // Which code a device without certificates gets is an assumption.
    if (product.authType !== 'x509') {
      throw new BusinessError('iot.system.IllegalRequest', 'The product does not use X.509 certificates.');
    }
    const issued = call.platform.certificates.of(device, call.now);
    return {
      DeviceCertInfo: issued
        ? { CertSN: issued.serialNumber, Certificate: issued.certificate, PrivateKey: issued.privateKey, Status: 2 }
        : { Status: 0 },
    };
  },
};
