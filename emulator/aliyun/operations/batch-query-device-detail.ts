import { type Device, gmtTime, utcTime } from '../device';
import { BusinessError } from '../errors';
import type { Product } from '../product';
import type { Operation } from './operation';

/** help.aliyun.com 123470. Names that do not exist are left out without a word. */
export const batchQueryDeviceDetail: Operation = {
  name: 'BatchQueryDeviceDetail',
  callsPerSecond: 5,
  execute({ parameters, platform }) {
    const product = platform.product(parameters.required('ProductKey'), parameters.text('IotInstanceId'));
    const names = parameters.list('DeviceName');
    if (names.length === 0) {
      throw new BusinessError('iot.device.NoneDeviceNameElement', 'The list of device names is empty.');
    }
    // 123470: at most 100 names; the code is an assumption.
    if (names.length > 100) throw new BusinessError('iot.device.DeviceCountExceeded', 'More than 100 device names.');
    const devices = [...new Set(names)]
      .map((name) => product.devices.get(name))
      .filter((device) => device !== undefined);
    return { Data: { Data: devices.map((device) => detail(device, product, platform.region)) } };
  },
};

function detail(device: Device, product: Product, region: string) {
  return {
    DeviceName: device.deviceName,
    DeviceSecret: device.deviceSecret,
    FirmwareVersion: '',
    GmtActive: gmtTime(device.activatedAt),
    GmtCreate: gmtTime(device.createdAt),
    IotId: device.iotId,
    Nickname: device.nickname ?? '',
    NodeType: product.nodeType,
    ProductKey: product.productKey,
    ProductName: product.productName,
    Region: region,
    Status: device.status,
    UtcActive: utcTime(device.activatedAt),
    UtcCreate: utcTime(device.createdAt),
  };
}
