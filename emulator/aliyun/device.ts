/** UNACTIVE: has never connected. */
export type DeviceStatus = 'UNACTIVE' | 'ONLINE' | 'OFFLINE' | 'DISABLE';

/** A device as the platform knows it. Times are wall time in milliseconds. */
export interface Device {
  /** Counts up over all devices: the order of creation. */
  seq: number;
  productKey: string;
  deviceName: string;
  nickname?: string;
  iotId: string;
  /** Obsolete in the API, but still sent. */
  deviceId: string;
  /** Empty where a certificate takes its place. */
  deviceSecret: string;
  /** The serial number that an import gave it. */
  sn?: string;
  /** X.509: work time from which its certificate can be fetched. */
  certificateReadyAt?: number;
  status: DeviceStatus;
  createdAt: number;
  activatedAt?: number;
  lastOnlineAt?: number;
  /** The application that created it. */
  applyId?: string;
  /** Gone since; its application may still list it. */
  deleted?: true;
}

/** `Gmt*` fields are, despite their name, China Standard Time: 2019-06-21 20:31:42 (sample of help.aliyun.com 123470). */
export function gmtTime(time: number | undefined): string {
  return time === undefined ? '' : new Date(time + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** `Utc*` fields: 2019-06-21T12:31:42.000Z. */
export function utcTime(time: number | undefined): string {
  return time === undefined ? '' : new Date(time).toISOString();
}
