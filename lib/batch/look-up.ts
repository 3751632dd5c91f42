import * as z from 'zod';
import type { Operation } from './operation';
import type { Cloud, FoundDevice } from './ports/cloud';
import type { Generation } from './record/head';
import { readJson } from './record/json';
import { keys } from './record/keys';
import { sha256 } from './record/names';

/** Which of the names exist at the cloud. */
export async function lookUp(
  operation: Operation,
  cloud: Cloud,
  names: readonly string[],
  before = 0,
  of = names.length,
): Promise<Map<string, FoundDevice>> {
  if (names.length === 0) return new Map();
  const found = await operation.patiently('looking up devices', () =>
    cloud.lookUp(names, (done) => operation.observer.progress({ step: 'look-up', done: before + done, of })),
  );
  return new Map(found.map((device) => [device.name, device]));
}

/** Names that are looked up between two notes: little enough for an invocation, also where dozens share the rates. */
const PART = 2_000;

const foundSchema = z.array(
  z.object({
    name: z.string(),
    identity: z.string(),
    everConnected: z.boolean().optional(),
    createdAt: z.number().optional(),
  }),
);

/**
 * As `lookUp`, for the planning of a generation: 100,000 names take longer than an invocation, so what was found is kept until
 * the plan is made.
 */
export async function lookUpInParts(
  operation: Operation,
  cloud: Cloud,
  generation: Generation,
  names: readonly string[],
): Promise<Map<string, FoundDevice>> {
  if (names.length <= PART) return lookUp(operation, cloud, names);
  const { store } = operation;
  const all = new Map<string, FoundDevice>();
  for (let from = 0; from < names.length; from += PART) {
    const part = names.slice(from, from + PART);
    const key = keys.lookUp(generation.id, sha256(part.join('\n')));
    const kept = await readJson(store, key, foundSchema);
    const found = kept ?? [...(await lookUp(operation, cloud, part, from, names.length)).values()];
    if (!kept) await store.put(key, JSON.stringify(found));
    for (const device of found) all.set(device.name, device);
  }
  return all;
}

/** To be called once the plan is written. */
export async function forgetLookUps({ store }: Operation, generation: Generation): Promise<void> {
  for (const key of await store.list(keys.lookUps(generation.id))) await store.delete(key);
}
