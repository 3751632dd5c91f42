import { loadNames } from '../batch/record/names';
import { findPlan, namesOf } from '../batch/record/plan';
import { findHead } from './journal';
import type { Journal } from './state';

/**
 * The names of a batch, by generation, under which others of its generations than the one that the state shows have devices made, or
 * may have. An API that tells names only takes these for that one's. The secrets in the state are not theirs.
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
    const names = await loadNames(store, generation.names);
    anew.set(generation.id, new Set(names.filter((name) => !carried.has(name))));
  }
  return anew;
}
