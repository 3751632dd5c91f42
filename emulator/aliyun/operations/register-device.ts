import { BusinessError, malformedDeviceName, tooManyDevices } from '../errors';
import { isDeviceName, isNickname } from '../names';
import { productForDevices } from './named';
import type { Operation } from './operation';

/** help.aliyun.com 69470. Without a DeviceName the platform invents one, so that a lost answer cannot be asked again. */
export const registerDevice: Operation = {
  name: 'RegisterDevice',
  callsPerSecond: 30,
  execute(call) {
    const { parameters, platform, now, requestId } = call;
    const product = productForDevices(call);
    const deviceName = parameters.text('DeviceName') ?? platform.inventName();
    const nickname = parameters.text('Nickname');
    if (!isDeviceName(deviceName)) throw malformedDeviceName(deviceName);
    // The list of codes (87387) has none for nicknames.
    if (nickname !== undefined && !isNickname(nickname)) {
      throw new BusinessError('iot.common.InvalidFormattedParameter', 'The nick name is illegal.');
    }
    if (product.isTaken(deviceName, call.assumptions)) {
      throw new BusinessError('iot.device.AlreadyExistedDeviceName', `The device name ${deviceName} already exists.`);
    }
    if (platform.products.roomForDevices(product) < 1) throw tooManyDevices('There are too many devices.');
    const device = platform.registerOne(product, { deviceName, nickname }, now, requestId);
    return {
      Data: {
        DevEui: parameters.text('DevEui') ?? '',
        DeviceName: device.deviceName,
        DeviceSecret: device.deviceSecret,
        IotId: device.iotId,
        JoinEui: parameters.text('JoinEui') ?? '',
        Nickname: device.nickname ?? '',
        ProductKey: product.productKey,
      },
    };
  },
};
