import { applicationOf } from './apply-id';
import { createdDevices } from './created-devices';
import { pageFields, pageOf, slice } from './page';
import type { Operation } from './operation';

/** help.aliyun.com 69518. Takes no ProductKey, and its payload has no `Data` around it. */
export const queryPageByApplyId: Operation = {
  name: 'QueryPageByApplyId',
  callsPerSecond: 50,
  execute(call) {
    const application = applicationOf(call);
    call.platform.products.find(application.productKey, call.parameters.text('IotInstanceId'));
    const request = pageOf(call.parameters);
    const devices = createdDevices(application, call.assumptions);
    return {
      ApplyDeviceList: {
        ApplyDeviceInfo: slice(devices, request).map((device) => ({
          DeviceId: device.deviceId,
          DeviceName: device.deviceName,
          DeviceSecret: device.deviceSecret,
          IotId: device.iotId,
        })),
      },
      ...pageFields(request, devices.length),
    };
  },
};
