import { deviceOf } from './named';
import type { Operation } from './operation';

/** help.aliyun.com 69485. Irreversible; of IotId and ProductKey with DeviceName the IotId counts. */
export const deleteDevice: Operation = {
  name: 'DeleteDevice',
  callsPerSecond: 50,
  execute(call) {
    call.platform.delete(deviceOf(call).device, call.now, call.requestId);
    return {};
  },
};
