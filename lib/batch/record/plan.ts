import * as z from 'zod';
import type { Store } from '../ports/store';
import type { Generation } from './head';
import { readJson, requireJson } from './json';
import { keys } from './keys';

const deviceSchema = z.object({
  name: z.string(),
  identity: z.string(),
  /** `created`: by a job of a batch of this store. `adopted`: was there before, ours to list and not to delete. */
  provenance: z.enum(['created', 'adopted']),
});

const planSchema = z.looseObject({
  /** Devices that other generations of the store have, which join this one as they are. */
  carried: z.array(deviceSchema),
  /** Where the secrets of the carried devices lie: the generations that they come from. */
  sources: z.array(z.object({ batchId: z.string(), generationId: z.string() })),
  /** What to register, a chunk of names a job; without a digest so many devices whose names the cloud invents. */
  jobs: z.array(z.object({ digest: z.string().optional(), count: z.number() })),
});

/** A device as the record knows it. */
export type RecordedDevice = z.infer<typeof deviceSchema>;

/** What a generation is made of, found out once before anything is registered. */
export type Plan = z.infer<typeof planSchema>;

export async function savePlan(store: Store, generation: Generation, plan: Plan): Promise<void> {
  await store.put(keys.plan(generation.id), JSON.stringify(plan));
}

/** The plan, or undefined while there is none yet (or, of a generation that is gone, none any more). */
export async function findPlan(store: Store, generation: Generation): Promise<Plan | undefined> {
  return readJson(store, keys.plan(generation.id), planSchema);
}

export async function loadPlan(store: Store, generation: Generation): Promise<Plan> {
  return requireJson(store, keys.plan(generation.id), planSchema);
}

export function namesOf(devices: readonly { name: string }[]): string[] {
  return devices.map(({ name }) => name);
}
