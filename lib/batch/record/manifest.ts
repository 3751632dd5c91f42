import type { Store } from '../ports/store';
import type { Generation } from './head';
import { keys } from './keys';

/** What a manifest says: every device of a batch, in the order asked for; no secrets. Its format is public. */
export interface Manifest {
  version: 1;
  batchId: string;
  generation: string;
  cloud: { aliyun: { region: string; productKey: string; instanceId?: string } } | { tencent: { productId: string } };
  jobIds: string[];
  deviceCount: number;
  /** `id` is the device's identity at the cloud (Alibaba: its IotId; Tencent: what its adapter says). */
  devices: { name: string; id: string }[];
}

export async function saveManifest(
  store: Store,
  batchId: string,
  generation: Generation,
  jobIds: string[],
  devices: Manifest['devices'],
): Promise<void> {
  const manifest: Manifest = {
    version: 1,
    batchId,
    generation: generation.id,
    cloud: productOf(generation.cloud),
    jobIds,
    deviceCount: devices.length,
    devices,
  };
  await store.put(keys.manifest(batchId, generation.id), JSON.stringify(manifest));
}

/** The product, without the way to get there. */
function productOf({ aliyun, tencent }: Generation['cloud']): Manifest['cloud'] {
  if (!aliyun) return { tencent: { productId: tencent.productId } };
  const { region, productKey, instanceId } = aliyun;
  return { aliyun: { region, productKey, ...(instanceId !== undefined && { instanceId }) } };
}
