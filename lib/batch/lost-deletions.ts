import { devices, listOf } from './messages';
import type { Operation } from './operation';
import { CloudError, type Cloud } from './ports/cloud';
import { loadLostDeletions, saveLostDeletion } from './record/lost-deletions';
import { FLIGHT_MS } from './start-job';

/**
 * Deletes a device, however often it takes. A deletion whose answer was lost may arrive when the device has been taken over by
 * somebody or, where it goes by name, when the name is a later device's: it is written down before it is made again.
 *
 * `again`: looks before each further try whether it may still be made.
 */
export async function deleteDevice(
  operation: Operation,
  cloud: Cloud,
  cloudKey: string,
  device: { name: string; identity: string },
  again?: () => Promise<void>,
): Promise<void> {
  let tries = 0;
  await operation.patiently('deleting devices', async () => {
    if (tries++ > 0) await again?.();
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
