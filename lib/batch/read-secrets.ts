import type { EnginePorts } from './operation';
import { CloudError, type Cloud, type CollectedDevice } from './ports/cloud';
import type { Store } from './ports/store';
import { readPages } from './read-pages';
import { BatchRecord } from './record/batch-record';
import { loadDevices } from './record/devices';
import { generationOf, type Generation } from './record/head';
import { JobEntry } from './record/jobs';
import { findPlan } from './record/plan';

/**
 * Reads the secrets of a generation's recorded devices again, for whoever keeps them in no store and was cut off before they were
 * handed over: from the jobs that made the devices, while the cloud knows them, then as the cloud tells them anyway. Only those of
 * devices that still are the recorded ones.
 *
 * @param held the names of devices whose secrets are not needed.
 * @returns what could be read; it may be less than what was asked for.
 * @throws CloudError where the cloud cannot be asked.
 */
export async function readSecrets(
  ports: EnginePorts,
  batchId: string,
  generationId: string,
  held: ReadonlySet<string>,
  until: number,
): Promise<CollectedDevice[]> {
  const { head } = await BatchRecord.load(ports.store, ports.clock, batchId);
  const generation = generationOf(head, generationId);
  const recorded = await loadDevices(ports.store, generation);
  const missing = new Map(
    [...recorded.values()].filter(({ name }) => !held.has(name)).map((each) => [each.name, each]),
  );
  if (missing.size === 0) return [];

  const found: CollectedDevice[] = [];
  const take = (devices: readonly CollectedDevice[]) => {
    for (const device of devices) {
      if (missing.get(device.name)?.identity !== device.identity) continue;
      missing.delete(device.name);
      found.push(device);
    }
  };
  const cloud = await ports.connect(generation.cloud, generation.access, { since: ports.clock.now(), until });
  try {
    for (const jobId of await jobsThatMade(ports.store, generation, [...missing.keys()])) {
      if (missing.size > 0) take(await devicesOf(cloud, jobId));
    }
    if (missing.size > 0) take((await cloud.readCredentials?.([...missing.values()])) ?? []);
    return found;
  } finally {
    await cloud.close();
  }
}

/** The ids of a generation's jobs that may have made any of the devices, as far as they are recorded. */
export async function jobsThatMade(store: Store, generation: Generation, names: readonly string[]): Promise<string[]> {
  if (generation.observedJob !== undefined) return [generation.observedJob];
  const { jobs = [], carried = [] } = (await findPlan(store, generation)) ?? {};
  const carriedOver = new Set(carried.map(({ name }) => name));
  if (names.every((name) => carriedOver.has(name))) return [];
  const ids: string[] = [];
  for (const [i, chunk] of jobs.entries()) {
    const { jobId, mayHaveCreated } = await JobEntry.load(store, generation, i, chunk);
    if (jobId !== undefined && mayHaveCreated) ids.push(jobId);
  }
  return ids;
}

/** What a job lists with its secrets; nothing where the cloud does not know it any more. */
export async function devicesOf(cloud: Cloud, jobId: string): Promise<CollectedDevice[]> {
  try {
    const pages = await readPages(cloud.traits.concurrency, (cursor) => cloud.collect(jobId, cursor));
    return pages.flatMap(({ devices }) => devices.filter(({ lacks }) => lacks === undefined));
  } catch (error) {
    if (error instanceof CloudError && error.details.missing === 'job') return [];
    throw error;
  }
}
