import type { Created } from './created';
import type { Operation } from './operation';
import { policyInForce } from './policy-in-force';
import type { Cloud } from './ports/cloud';
import type { Generation } from './record/head';
import type { RecordedDevice } from './record/plan';
import { loadReleased } from './record/released';

/** What has to become of the devices of a falling generation, as far as nobody else lists them. */
export interface Duties {
  toDelete: RecordedDevice[];
  /** Those of them that must not be deleted if they have ever connected. */
  guarded: Set<RecordedDevice>;
  /** Left at the cloud, and remembered. */
  toRelease: RecordedDevice[];
}

/**
 * What the jobs of an undone change created is deleted. What such a change carried over or adopted is left with whom it came
 * from. Of every other generation, adopted devices are released, and the rest is too where the batch retains. A device that
 * was released once is left alone for ever.
 */
export async function dutiesOf(
  operation: Operation,
  cloud: Cloud,
  generation: Generation,
  { recorded, created }: Pick<Created, 'recorded' | 'created'>,
): Promise<Duties> {
  const { reported, named, kept, drop } = generation;
  const { deleteActivated, removalPolicy } = policyInForce(operation.head, generation);
  // Nobody can tell which of its devices have connected, and it was deployed only because they may be deleted all the same: else
  // a roll-back to a policy that says nothing of that could never take it back.
  const acceptedUnknown = !cloud.limits.knowsActivation && generation.policy.deleteActivated;
  const released = await loadReleased(operation.store, generation.cloudKey);
  const duties: Duties = { toDelete: [], guarded: new Set(), toRelease: [] };
  for (const device of recorded.values()) {
    if (released.has(device.identity)) continue;
    const made = created.has(device.name);
    if (!made && !reported) continue;
    if (made && !kept && !(reported && named)) duties.toDelete.push(device);
    else if (device.provenance === 'adopted' || removalPolicy === 'retain') duties.toRelease.push(device);
    else {
      duties.toDelete.push(device);
      if (!deleteActivated && !acceptedUnknown && !drop?.deleteActivated) duties.guarded.add(device);
    }
  }
  return duties;
}
