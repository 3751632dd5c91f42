import { noneNamed, tooManyDevices } from '../errors';
import { deviceDetail } from './device-detail';
import { productOf } from './named';
import type { Operation } from './operation';

/** help.aliyun.com 123470. Names that do not exist are left out without a word. */
export const batchQueryDeviceDetail: Operation = {
  name: 'BatchQueryDeviceDetail',
  callsPerSecond: 5,
  execute(call) {
    const product = productOf(call);
    const names = call.parameters.list('DeviceName');
    if (names.length === 0) throw noneNamed();
    // 123470: at most 100 names; the code is an assumption.
    if (names.length > 100) throw tooManyDevices('More than 100 device names.');
    const devices = [...new Set(names)]
      .map((name) => product.devices.get(name))
      .filter((device) => device !== undefined);
    return { Data: { Data: devices.map((device) => deviceDetail(device, product, call.platform.region)) } };
  },
};
