import { BusinessError } from '../errors';
import { requireCertificateRegion } from '../product';
import { applicationOf } from './apply-id';
import type { Operation } from './operation';

/**
 * Of a batch of X.509 devices, in cn-shanghai only. The link needs no signature, so it is a secret itself. What is behind
 * the vendor's is not documented; behind ours is JSON, by the admin API.
 */
export const queryCertUrlByApplyId: Operation = {
  name: 'QueryCertUrlByApplyId',
  callsPerSecond: 10,
  execute(call) {
    const { platform, parameters, host } = call;
    const application = applicationOf(call);
    const product = platform.products.find(application.productKey, parameters.text('IotInstanceId'));
    requireCertificateRegion(product.authType, platform.region);
    // Which code a batch without certificates gets is an assumption.
    if (product.authType !== 'x509') {
      throw new BusinessError('iot.device.IncorrentDeviceApplyInfo', 'The product does not use X.509 certificates.');
    }
    if (application.status !== 'CREATE_SUCCESS') {
      throw new BusinessError('iot.device.CreateDeviceTaskIsRunning', 'The certificates have not been made yet.');
    }
    return {
      CertUrl: `http://${host}/_emulator/aliyun/certificates/${platform.certificates.link(application.created)}`,
    };
  },
};
