import { lookUp } from './look-up';
import type { Operation } from './operation';
import type { Cloud, CollectedDevice } from './ports/cloud';
import { provenAmong } from './lost-task';
import { loadDevices, saveProven } from './record/devices';
import { generationOf, type Generation } from './record/head';
import type { Plan, RecordedDevice } from './record/plan';
import { Registration } from './registration';

/** What the jobs of a generation that rises no more have made. */
export interface Created {
  registration: Registration;
  /** Every device whose identity is recorded, by name: carried over or created. */
  recorded: Map<string, RecordedDevice>;
  /** Names of those that the generation created. */
  created: Set<string>;
  /** Names that exist, of jobs that do not tell any more what they made. */
  unproven: string[];
}

/**
 * Waits for the jobs of a generation, which no cloud can cancel, and records what they created. `keep` gets the devices with
 * their secrets.
 *
 * @throws BatchError `JobStillRunning` at the time-out.
 */
export async function findCreated(
  operation: Operation,
  cloud: Cloud,
  generation: Generation,
  plan: Plan,
  keep: (job: number, found: CollectedDevice[]) => Promise<void> = async () => undefined,
): Promise<Created> {
  const registration = await Registration.load(operation, cloud, generation, plan);
  await registration.drain();
  await registration.collectWhatIsThere(keep);
  const existing = [...(await lookUp(operation, cloud, registration.unaccounted)).values()];
  const proven = await provenAmong(operation, generation, registration.jobs, existing);
  if (proven.length > 0) {
    await saveProven(operation.store, generation, proven);
    await operation.update((head) => {
      generationOf(head, generation.id).proven = true;
    });
  }
  const recorded = await loadDevices(operation.store, operation.generation(generation.id));
  const carried = new Set(plan.carried.map(({ name }) => name));
  return {
    registration,
    recorded,
    created: new Set([...recorded.keys()].filter((name) => !carried.has(name))),
    unproven: existing.map(({ name }) => name).filter((name) => !recorded.has(name)),
  };
}
