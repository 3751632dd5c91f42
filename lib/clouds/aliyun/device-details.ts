import type { CollectedDevice, FoundDevice } from '../../batch/ports/cloud';
import type { AliyunClient } from './client';
import { INVALID_IOT_ID, NOT_EXISTED_DEVICE } from './codes';
import { BatchQueryDeviceDetail, QueryDeviceDetail, type DeviceDetail } from './device-operations';
import { cloudError, hasCode } from './failure';
import { detailedDevice } from './found-device';
import { pageSizes } from './limits';

/** Calls to one operation side by side: enough to use 4 calls a second where an answer takes a second. */
const CONCURRENCY = 5;

/** Asks for devices by name, 100 a call. */
export async function detailsByName(
  client: AliyunClient,
  productKey: string,
  names: readonly string[],
  seen: (done: number) => void,
): Promise<FoundDevice[]> {
  const details = await allDetails(client, productKey, names, seen);
  return details.map((device) => detailedDevice(device, client.clockSkewMs));
}

/**
 * The secrets of those of the devices that still are the same ones; BatchQueryDeviceDetail tells them as often as it is asked
 * (API reference, DeviceSecret).
 */
export async function secretsByName(
  client: AliyunClient,
  productKey: string,
  devices: readonly { name: string; identity: string }[],
): Promise<CollectedDevice[]> {
  const identities = new Map(devices.map(({ name, identity }) => [name, identity]));
  const details = await allDetails(client, productKey, [...identities.keys()], () => undefined);
  return details.flatMap(({ DeviceName: name, IotId: identity, DeviceSecret }) =>
    DeviceSecret && identities.get(name) === identity ? [{ name, identity, credentials: { DeviceSecret } }] : [],
  );
}

/** The device of this identity, undefined if there is none (any more). */
export async function detailByIdentity(client: AliyunClient, identity: string): Promise<FoundDevice | undefined> {
  const device = await detail(client, { IotId: identity });
  if (device === undefined) return undefined;
  if (device.IotId === identity) return detailedDevice(device, client.clockSkewMs);
  const text = `asked for the device ${identity}, the answer is for ${device.IotId}`;
  throw cloudError(QueryDeviceDetail, { code: 'OtherDevice', text, meaning: 'permanent' });
}

async function allDetails(
  client: AliyunClient,
  productKey: string,
  names: readonly string[],
  seen: (done: number) => void,
): Promise<DeviceDetail[]> {
  const found: DeviceDetail[] = [];
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (next < names.length) {
      const chunk = names.slice(next, (next += pageSizes.BatchQueryDeviceDetail));
      found.push(...(await chunkByName(client, productKey, chunk)));
      seen((done += chunk.length));
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    return found;
  } finally {
    // Where one failed, the others begin nothing more.
    next = names.length;
  }
}

async function chunkByName(client: AliyunClient, productKey: string, names: string[]): Promise<DeviceDetail[]> {
  const asked = new Set(names);
  const { Data } = await client.call(BatchQueryDeviceDetail, { ProductKey: productKey, DeviceName: names });
  if (Data === undefined) return oneByOne(client, productKey, names);
  return Data.filter(({ DeviceName }) => asked.has(DeviceName));
}

/**
 * Names that do not exist are left out without a word (API reference of BatchQueryDeviceDetail), so an answer whose list
 * got lost looks as if none of them did: devices would count as deleted, or as never made. One that has no list, not
 * even an empty one, is therefore confirmed name by name, by an operation that says "does not exist".
 */
async function oneByOne(client: AliyunClient, productKey: string, names: readonly string[]): Promise<DeviceDetail[]> {
  const found: DeviceDetail[] = [];
  for (const DeviceName of names) {
    const device = await detail(client, { ProductKey: productKey, DeviceName });
    if (device !== undefined) found.push(device);
  }
  return found;
}

async function detail(client: AliyunClient, device: Record<string, string>): Promise<DeviceDetail | undefined> {
  try {
    return (await client.call(QueryDeviceDetail, device)).Data;
  } catch (error) {
    // An IotId becomes invalid with its device.
    if (hasCode(error, NOT_EXISTED_DEVICE) || hasCode(error, INVALID_IOT_ID)) return undefined;
    throw error;
  }
}
