import { gmtTime } from '../device';
import { noneNamed, tooManyDevices } from '../errors';
import { productOf } from './named';
import type { Operation } from './operation';

/** help.aliyun.com 69906. Devices that do not exist are left out (an assumption). */
export const batchGetDeviceState: Operation = {
  name: 'BatchGetDeviceState',
  callsPerSecond: 50,
  execute(call) {
    const { parameters, platform } = call;
    const iotIds = parameters.list('IotId');
    const product = iotIds.length > 0 ? undefined : productOf(call);
    const names = product ? parameters.list('DeviceName') : [];
    const asked = product ? names.length : iotIds.length;
    if (asked === 0) throw noneNamed();
    // At most 50 devices a call; the code is an assumption.
    if (asked > 50) throw tooManyDevices('More than 50 devices.');
    const devices = product
      ? names.map((name) => product.devices.get(name))
      : iotIds.map((iotId) => platform.deviceByIotId(iotId));
    return {
      DeviceStatusList: {
        DeviceStatus: devices
          .filter((device) => device !== undefined)
          .map((device) => ({
            AsAddress: '',
            DeviceId: device.deviceId,
            DeviceName: device.deviceName,
            IotId: device.iotId,
            LastOnlineTime: gmtTime(device.lastOnlineAt),
            Status: device.status,
            Timestamp: device.lastOnlineAt ?? device.createdAt,
          })),
      },
    };
  },
};
