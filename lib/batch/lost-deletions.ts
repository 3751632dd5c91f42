import { devices, listOf } from './messages';
import type { Operation } from './operation';
import { CloudError, type Cloud } from './ports/cloud';
import { loadLostDeletions, saveLostDeletion } from './record/lost-deletions';
import { FLIGHT_MS } from './start-job';

/**
 * Deletes a device, however often it takes. Where deletions go by name, one whose answer was lost may arrive after the one that
 * follows it, and delete a later device of the name: it is written down before it is made again.
 */
export async function deleteDevice(
  operation: Operation,
  cloud: Cloud,
  cloudKey: string,
  device: { name: string; identity: string },
): Promise<void> {
  await operation.patiently('deleting devices', async () => {
    try {
      await cloud.delete(device);
    } catch (error) {
      if (error instanceof CloudError && error.kind === 'outcomeUnknown')
        await noteLostDeletion(operation, cloudKey, [device.name]);
      throw error;
    }
  });
}

/** Writes down that deletions of these names may have been sent just now. Returns what forgets it, should they be answered. */
export async function noteLostDeletion(
  { store, clock }: Operation,
  cloudKey: string,
  names: readonly string[],
): Promise<() => Promise<void>> {
  const until = clock.now() + FLIGHT_MS;
  const key = await saveLostDeletion(store, cloudKey, clock.nonce(8), { until, names: [...names] });
  return () => store.delete(key);
}

/**
 * Waits until no lost deletion can meet a device of these names any more: to be called before devices of such names are
 * registered, or taken over as they are (I1).
 */
export async function awaitLostDeletions(
  { store, clock, time }: Operation,
  cloudKey: string,
  names: readonly string[],
): Promise<void> {
  const ours = new Set(names);
  for (const deletion of await loadLostDeletions(store, clock.now(), cloudKey)) {
    const common = deletion.names.filter((name) => ours.has(name));
    if (common.length === 0) continue;
    const explain = () =>
      `while deletions of ${devices(common.length)} whose answers were lost could still arrive: ${listOf(common)}`;
    while (clock.now() < deletion.until) await time.pause(deletion.until - clock.now(), explain);
  }
}
