import { BatchError } from './errors';
import { devices, listOf } from './messages';
import type { Operation } from './operation';
import { loadDevices } from './record/devices';
import { generationOf } from './record/head';
import { saveManifest } from './record/manifest';
import { loadNames, saveNames } from './record/names';

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
  await saveManifest(operation.store, operation.batchId, generation, generation.jobIds ?? [], all);
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
