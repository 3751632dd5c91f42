import type { FoundDevice } from '../../batch/ports/cloud';
import type { AliyunClient } from './client';
import { INVALID_IOT_ID, NOT_EXISTED_DEVICE } from './codes';
import { BatchQueryDeviceDetail, QueryDeviceDetail } from './device-operations';
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
  const found: FoundDevice[] = [];
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

/** The device of this identity, undefined if there is none (any more). */
export async function detailByIdentity(client: AliyunClient, identity: string): Promise<FoundDevice | undefined> {
  const device = await detail(client, { IotId: identity });
  if (device === undefined || device.identity === identity) return device;
  const text = `asked for the device ${identity}, the answer is for ${device.identity}`;
  throw cloudError(QueryDeviceDetail, { code: 'OtherDevice', text, meaning: 'permanent' });
}

async function chunkByName(client: AliyunClient, productKey: string, names: string[]): Promise<FoundDevice[]> {
  const asked = new Set(names);
  const { Data } = await client.call(BatchQueryDeviceDetail, { ProductKey: productKey, DeviceName: names });
  if (Data === undefined) return oneByOne(client, productKey, names);
  return Data.filter(({ DeviceName }) => asked.has(DeviceName)).map((device) =>
    detailedDevice(device, client.clockSkewMs),
  );
}

/**
 * Names that do not exist are left out without a word (API reference of BatchQueryDeviceDetail), so an answer whose list
 * got lost looks as if none of them did: devices would count as deleted, or as never made. One that has no list, not
 * even an empty one, is therefore confirmed name by name, by an operation that says "does not exist".
 */
async function oneByOne(client: AliyunClient, productKey: string, names: readonly string[]): Promise<FoundDevice[]> {
  const found: FoundDevice[] = [];
  for (const DeviceName of names) {
    const device = await detail(client, { ProductKey: productKey, DeviceName });
    if (device !== undefined) found.push(device);
  }
  return found;
}

async function detail(client: AliyunClient, device: Record<string, string>): Promise<FoundDevice | undefined> {
  try {
    return detailedDevice((await client.call(QueryDeviceDetail, device)).Data, client.clockSkewMs);
  } catch (error) {
    // An IotId becomes invalid with its device.
    if (hasCode(error, NOT_EXISTED_DEVICE) || hasCode(error, INVALID_IOT_ID)) return undefined;
    throw error;
  }
}
