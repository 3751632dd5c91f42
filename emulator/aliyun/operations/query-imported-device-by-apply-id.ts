import { applyIsNotFound } from '../errors';
import { applicationOf } from './apply-id';
import { createdDevices } from './created-devices';
import type { Operation } from './operation';
import { pageOf, slice } from './page';

const paging = { pageParameter: 'PageNo', required: true };

/** help.aliyun.com 433879. Counts pages by PageNo, tells no total, and its wrapper is lower case. */
export const queryImportedDeviceByApplyId: Operation = {
  name: 'QueryImportedDeviceByApplyId',
  callsPerSecond: 50,
  execute(call) {
    const application = applicationOf(call);
    const { productKey, applyId } = application;
    call.platform.products.find(productKey, call.parameters.text('IotInstanceId'));
    // An application of another kind is as unknown (an assumption).
    if (!application.imported) throw applyIsNotFound(applyId);
    const request = pageOf(call.parameters, paging);
    const devices = createdDevices(application, call.assumptions);
    return {
      DeviceList: {
        device: slice(devices, request).map(({ deviceName, deviceSecret, sn }) => ({
          DeviceName: deviceName,
          DeviceSecret: deviceSecret,
          ProductKey: productKey,
          Sn: sn ?? '',
        })),
      },
      PageNo: request.page,
      PageSize: request.pageSize,
      ProductKey: productKey,
      TotalPage: Math.ceil(devices.length / request.pageSize),
    };
  },
};
