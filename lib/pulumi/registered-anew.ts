import { loadDevices } from '../batch/record/devices';
import { findPlan, namesOf } from '../batch/record/plan';
import { isKnownByName } from '../batch/same-device';
import { findHead } from './journal';
import type { Journal } from './state';

/**
 * The devices of a batch, by generation and name, that were made by others of its generations than the one which the state shows, and
 * pass for that one's because an API tells names only. The secrets in the state are not theirs.
 */
export async function registeredAnew(
  { store, clock }: Journal,
  batchId: string,
  shown?: string,
): Promise<Map<string, Set<string>>> {
  const anew = new Map<string, Set<string>>();
  const { generations = [] } = (await findHead(store, clock, batchId)) ?? {};
  for (const generation of generations) {
    if (generation.id === shown || generation.phase === 'gone') continue;
    const plan = await findPlan(store, generation);
    if (!plan) continue;
    const carried = new Set(namesOf(plan.carried));
    const devices = [...(await loadDevices(store, generation)).values()];
    const made = devices.filter(({ name, identity }) => isKnownByName(identity) && !carried.has(name));
    anew.set(generation.id, new Set(namesOf(made)));
  }
  return anew;
}
