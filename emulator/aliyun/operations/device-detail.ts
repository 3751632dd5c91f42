import { type Device, gmtTime, utcTime } from '../device';
import type { Product } from '../product';

/** What BatchQueryDeviceDetail and QueryDeviceDetail both tell of a device (help.aliyun.com 123470; developer-reference/api-6957f2). */
export function deviceDetail(device: Device, product: Product, region: string) {
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
