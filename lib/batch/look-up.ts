import * as z from 'zod';
import { forEachLimited } from './concurrency';
import type { Operation } from './operation';
import type { Cloud, FoundDevice } from './ports/cloud';
import type { Generation } from './record/head';
import { readJson } from './record/json';
import { keys } from './record/keys';
import { sha256 } from './record/names';

/** Which of the names exist at the cloud. `seen` is told how many of them are known by now. */
export async function lookUp(
  operation: Operation,
  cloud: Cloud,
  names: readonly string[],
  seen = progressOf(operation, names.length),
): Promise<Map<string, FoundDevice>> {
  if (names.length === 0) return new Map();
  const found = await operation.patiently('looking up devices', () => cloud.lookUp(names, seen));
  return new Map(found.map((device) => [device.name, device]));
}

/** Names that are looked up between two notes, where the cloud would not rather have more. */
const PART = 1_000;

/**
 * While one part is written down the next one is asked for. Both together are little enough for an invocation, also where
 * dozens share the rates.
 */
const PARTS_AT_ONCE = 2;

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
  const { lookUpPart: size = PART } = cloud.traits;
  if (names.length <= size) return lookUp(operation, cloud, names);
  const { store } = operation;
  const progress = progressOf(operation, names.length);
  const parts = Array.from({ length: Math.ceil(names.length / size) }, (_, i) => names.slice(i * size, (i + 1) * size));
  const all = new Map<string, FoundDevice>();
  let done = 0;
  await forEachLimited(parts, PARTS_AT_ONCE, async (part) => {
    const key = keys.lookUp(generation.id, sha256(part.join('\n')));
    const kept = await readJson(store, key, foundSchema);
    const found = kept ?? [...(await lookUp(operation, cloud, part, () => undefined)).values()];
    if (!kept) await store.put(key, JSON.stringify(found));
    for (const device of found) all.set(device.name, device);
    progress((done += part.length));
  });
  return all;
}

/** To be called once the plan is written. */
export async function forgetLookUps({ store }: Operation, generation: Generation): Promise<void> {
  for (const key of await store.list(keys.lookUps(generation.id))) await store.delete(key);
}

function progressOf({ observer }: Operation, of: number): (done: number) => void {
  return (done) => observer.progress({ step: 'look-up', done, of });
}
