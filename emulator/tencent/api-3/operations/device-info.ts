import type { TencentAssumptions } from '../../assumptions';
import { certificateOf, pskOf, type TencentDevice } from '../../device';

/** DeviceInfo of 2018-06-14. Times are in seconds since 1970. */
export function deviceInfo(device: TencentDevice, { neverOnline, createTime }: Readonly<TencentAssumptions>) {
  const never = neverOnline === 'zero' ? 0 : null;
  const time = (ms: number | undefined) => (ms === undefined ? never : seconds(ms));
  return {
    DeviceName: device.deviceName,
    Online: device.online ? 1 : 0,
    // The one of these times that is not said to be null at times.
    LoginTime: device.lastOnlineAt === undefined ? 0 : seconds(device.lastOnlineAt),
    Version: '',
    DeviceCert: certificateOf(device),
    DevicePsk: pskOf(device),
    Tags: [],
    DeviceType: 0,
    Imei: '',
    Isp: 0,
    NbiotDeviceID: '',
    ConnIP: 0,
    LastUpdateTime: seconds(device.lastOnlineAt ?? device.createdAt),
    LoraDevEui: '',
    LoraMoteType: 0,
    FirstOnlineTime: time(device.firstOnlineAt),
    LastOfflineTime: time(device.lastOfflineAt),
    CreateTime: createTime === 'told' ? seconds(device.createdAt) : null,
    LogLevel: 0,
    CertState: device.keyRead ? 1 : 0,
    EnableState: 1,
    Labels: [],
    ClientIP: '',
    FirmwareUpdateTime: 0,
  };
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
