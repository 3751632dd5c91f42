import { BusinessError, tooManyDevices } from '../errors';
import { Long } from '../long';
import type { Parameters } from '../parameters';
import { namesPerCall } from '../product';
import { beginCreation, requireRoom } from './begin-creation';
import { productForDevices } from './named';
import type { Operation } from './operation';

/**
 * help.aliyun.com 69473. The platform invents the names, and there is no check: a call whose answer is lost makes devices
 * that nobody has heard of, and sent anew it makes as many again. Only its nonce tells, for as long as its date is good.
 */
export const batchRegisterDevice: Operation = {
  name: 'BatchRegisterDevice',
  callsPerSecond: 10,
  execute(call) {
    const { parameters, platform, now } = call;
    const product = productForDevices(call);
    const count = countOf(parameters);
    // 69473: at most 10,000 a call. Names beyond that are dropped elsewhere; a number is refused (an assumption).
    if (count > namesPerCall(product)) {
      throw tooManyDevices(`More than ${namesPerCall(product)} devices.`);
    }
    requireRoom(call, product, count);
    const devices = Array.from({ length: count }, () => ({ deviceName: platform.inventName() }));
    const application = platform.applications.open(product, devices, now);
    beginCreation(call, application);
    return { Data: { ApplyId: new Long(application.applyId) } };
  },
};

function countOf(parameters: Parameters): number {
  parameters.required('Count');
  const count = Number(parameters.digits('Count') ?? 0);
  // The code is the general one for a malformed parameter (help.aliyun.com 87387).
  if (count < 1)
    throw new BusinessError('iot.common.InvalidFormattedParameter', 'Count is not a whole number above 0.');
  return count;
}
