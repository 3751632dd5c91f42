import { forEachLimited } from './concurrency';
import { BatchError } from './errors';
import { devices, listOf } from './messages';
import type { Operation } from './operation';
import type { Store } from './ports/store';
import { loadDevices } from './record/devices';
import { generationOf, type Generation } from './record/head';
import { JobEntry } from './record/jobs';
import { READS_AT_ONCE } from './record/json';
import { saveManifest } from './record/manifest';
import { loadNames, saveNames } from './record/names';
import { loadPlan } from './record/plan';

/**
 * Writes the manifest: every device that was asked for, in that order.
 * @throws BatchError `DevicesMissing` if one of them is not recorded (I4).
 */
export async function publish(operation: Operation, id: string): Promise<void> {
  const generation = operation.generation(id);
  const recorded = await loadDevices(operation.store, generation);
  const names = await loadNames(operation.store, generation.names);
  const missing = names.filter((name) => !recorded.has(name));
  if (missing.length > 0) {
    throw new BatchError('DevicesMissing', `${devices(missing.length)} never came to be: ${listOf(missing)}`);
  }
  const all = names.map((name) => ({ name, id: recorded.get(name)?.identity as string }));
  const jobIds = generation.jobIds ?? (await jobIdsOf(operation.store, generation));
  await saveManifest(operation.store, operation.batchId, generation, jobIds, all);
}

/** The ids of all jobs, from their entries. */
async function jobIdsOf(store: Store, generation: Generation): Promise<string[]> {
  const { jobs } = await loadPlan(store, generation);
  const ids = new Array<string | undefined>(jobs.length).fill(undefined);
  await forEachLimited(jobs, READS_AT_ONCE, async (names, i) => {
    ids[i] = (await JobEntry.load(store, generation, i, names)).jobId;
  });
  return ids.filter((id) => id !== undefined);
}

/** The names that the cloud invented become those of the generation, in the order in which it lists them. */
export async function learnNames(operation: Operation, id: string): Promise<void> {
  const recorded = await loadDevices(operation.store, operation.generation(id));
  const { count, chunks } = await saveNames(operation.store, [...recorded.keys()]);
  await operation.update((head) => {
    // The digest goes on to stand for the wish, which is what later wishes are compared to.
    Object.assign(generationOf(head, id).names, { count, chunks });
  });
}
