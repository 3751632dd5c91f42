import { type Device, gmtTime, utcTime } from '../device';
import { invalidPage } from '../errors';
import type { Product } from '../product';
import { deepestItem, type PageRequest, pageFields, pageOf, slice } from './page';
import { productOf } from './named';
import type { Operation } from './operation';

/** help.aliyun.com 69905. */
export const queryDevice: Operation = {
  name: 'QueryDevice',
  callsPerSecond: 50,
  // 69905: 2 calls a second once CurrentPage × PageSize is 100,000 or more.
  slowerRate: (parameters) =>
    deepestItem(parameters) >= 100_000 ? { bucket: 'QueryDevice deep', perSecond: 2 } : undefined,
  execute(call) {
    const { parameters, assumptions } = call;
    const product = productOf(call);
    const request = pageOf(parameters);
    const token = parameters.text('NextToken');
    const devices = product.byNewest();
    // 69905: "otherwise no data can be returned" – beyond 10,000 without a token, from 1,000,000 on in any case.
    const unreachable = deepestItem(parameters) > (token === undefined ? 10_000 : 999_999);
    if (unreachable && assumptions.deepPageWithoutToken === 'refuse') throw invalidPage();
    const page = unreachable
      ? []
      : token === undefined
        ? slice(devices, request)
        : pageAfter(devices, request, seqOf(token, product));
    const last = page.at(-1);
    const more = last !== undefined && last !== devices.at(-1);
    return {
      Data: { DeviceInfo: page.map(deviceFields) },
      // 69905: empty on the last page.
      NextToken: more ? tokenAfter(last, product) : '',
      ...pageFields(request, devices.length),
    };
  },
};

/** A token names the device after which to go on, so that devices made or deleted meanwhile shift nothing. */
function tokenAfter(device: Device, product: Product): string {
  return Buffer.from(`${product.productKey}:${device.seq}`).toString('base64url');
}

function seqOf(token: string, product: Product): number {
  const match = /^([^:]+):(\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (match?.[1] !== product.productKey) throw invalidPage();
  return Number(match[2]);
}

function pageAfter(newestFirst: readonly Device[], { pageSize }: PageRequest, seq: number): Device[] {
  let low = 0;
  let high = newestFirst.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((newestFirst[middle]?.seq ?? 0) < seq) high = middle;
    else low = middle + 1;
  }
  return newestFirst.slice(low, low + pageSize);
}

function deviceFields(device: Device) {
  return {
    DeviceId: device.deviceId,
    DeviceName: device.deviceName,
    DeviceSecret: device.deviceSecret,
    DeviceStatus: device.status,
    DeviceType: '',
    GmtCreate: gmtTime(device.createdAt),
    GmtModified: gmtTime(device.lastOnlineAt ?? device.createdAt),
    IotId: device.iotId,
    Nickname: device.nickname ?? '',
    ProductKey: device.productKey,
    UtcCreate: utcTime(device.createdAt),
    UtcModified: utcTime(device.lastOnlineAt ?? device.createdAt),
  };
}
