import { gmtTime, utcTime } from '../device';
import { deviceDetail } from './device-detail';
import { deviceOf } from './named';
import type { Operation } from './operation';

/** alibabacloud.com/help/…/api-6957f2. */
export const queryDeviceDetail: Operation = {
  name: 'QueryDeviceDetail',
  callsPerSecond: 50,
  execute(call) {
    const { device, product } = deviceOf(call);
    return {
      Data: {
        ...deviceDetail(device, product, call.platform.region),
        GmtOnline: gmtTime(device.lastOnlineAt),
        IpAddress: device.lastOnlineAt === undefined ? '' : '192.0.2.1',
        Owner: true,
        UtcOnline: utcTime(device.lastOnlineAt),
      },
    };
  },
};
