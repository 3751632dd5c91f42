import * as z from 'zod';
import { forEachLimited } from '../concurrency';
import type { Store } from '../ports/store';
import type { Generation } from './head';
import { READS_AT_ONCE, readJson } from './json';
import { keys } from './keys';
import { findPlan, type RecordedDevice } from './plan';

/** Pairs of name and identity: half the size of objects, which counts at 100,000 devices. */
type Pairs = [name: string, identity: string][];

/** Looked through as it is: a schema of tuples would copy each of them, which takes five times as long as reading them. */
const collectedSchema = z.custom<Pairs>((value) => Array.isArray(value) && value.every(isPair));

function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}

/** Writes down which devices a job created. */
export async function saveCollected(
  store: Store,
  generation: Generation,
  job: number,
  devices: readonly { name: string; identity: string }[],
): Promise<void> {
  const pairs = devices.map(({ name, identity }) => [name, identity]);
  await store.put(keys.devices(generation.id, job), JSON.stringify(pairs));
}

/** The devices that a job created, or undefined while they have not been collected. */
export async function loadCollected(
  store: Store,
  generation: Generation,
  job: number,
): Promise<RecordedDevice[] | undefined> {
  return loadCreated(store, keys.devices(generation.id, job));
}

async function loadProven(store: Store, generation: Generation): Promise<RecordedDevice[]> {
  return (await loadCreated(store, keys.proven(generation.id))) ?? [];
}

async function loadCreated(store: Store, key: string): Promise<RecordedDevice[] | undefined> {
  const pairs = await readJson(store, key, collectedSchema);
  return pairs?.map(([name, identity]) => ({ name, identity, provenance: 'created' }));
}

/** Writes down devices that are the generation's though no job tells so any more. */
export async function saveProven(
  store: Store,
  generation: Generation,
  devices: readonly { name: string; identity: string }[],
): Promise<void> {
  const pairs = devices.map(({ name, identity }) => [name, identity]);
  await store.put(keys.proven(generation.id), JSON.stringify(pairs));
}

/** Every device of a generation whose identity is recorded, by name: carried over, or created by its jobs. */
export async function loadDevices(store: Store, generation: Generation): Promise<Map<string, RecordedDevice>> {
  const devices = new Map<string, RecordedDevice>();
  const plan = await findPlan(store, generation);
  if (!plan) return devices;
  for (const device of plan.carried) devices.set(device.name, device);
  const created: RecordedDevice[][] = new Array<RecordedDevice[]>(plan.jobs.length);
  await forEachLimited(plan.jobs, READS_AT_ONCE, async (_job, i) => {
    created[i] = (await loadCollected(store, generation, i)) ?? [];
  });
  for (const job of created) for (const device of job) devices.set(device.name, device);
  if (generation.kind === 'generated' || generation.proven) {
    for (const device of await loadProven(store, generation)) devices.set(device.name, device);
  }
  return devices;
}
