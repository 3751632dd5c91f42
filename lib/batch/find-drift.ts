import { BatchError } from './errors';
import type { EnginePorts } from './operation';
import { CloudError } from './ports/cloud';
import { BatchRecord } from './record/batch-record';
import { loadDevices } from './record/devices';
import { generationOf } from './record/head';
import { isSameDevice } from './same-device';

/** What has become of a generation's devices behind our back; names in the order of the record. */
export interface Drift {
  /** Devices that do not exist any more. */
  missing: string[];
  /** Devices that were deleted and registered again by somebody else. */
  replaced: string[];
  /** The product itself is gone, and its devices with it. */
  productGone: boolean;
}

/**
 * Compares the devices of a generation with the cloud; changes nothing anywhere. Devices of a job that is only observed are not
 * ours to look after.
 *
 * @throws CloudError where the cloud cannot be asked.
 */
export async function findDrift(
  ports: EnginePorts,
  batchId: string,
  generationId: string,
  until: number,
): Promise<Drift> {
  const { head } = await BatchRecord.load(ports.store, ports.clock, batchId);
  const generation = generationOf(head, generationId);
  const drift: Drift = { missing: [], replaced: [], productGone: false };
  if (generation.kind === 'observed') return drift;
  const devices = await loadDevices(ports.store, generation);
  const cloud = await ports.connect(generation.cloud, generation.access, { since: ports.clock.now(), until });
  try {
    await cloud.inspect();
    const of = devices.size;
    const found = await cloud.lookUp([...devices.keys()], (done) =>
      ports.observer.progress({ step: 'look-up', done, of }),
    );
    const identities = new Map(found.map(({ name, identity }) => [name, identity]));
    for (const { name, identity } of devices.values()) {
      const present = identities.get(name);
      if (present === undefined) drift.missing.push(name);
      else if (!isSameDevice(identity, present)) drift.replaced.push(name);
    }
    return drift;
  } catch (error) {
    if (!(error instanceof BatchError)) throw error;
    if (!(error instanceof CloudError) || error.details.missing !== 'product') throw error;
    return { missing: [...devices.keys()], replaced: [], productGone: true };
  } finally {
    await cloud.close();
  }
}
