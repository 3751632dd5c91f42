import { findCreated } from './created';
import { keepCredentials } from './credentials';
import { BatchError } from './errors';
import { devices } from './messages';
import type { Operation } from './operation';
import { generationOf, type Generation, type Head } from './record/head';
import { loadPlan } from './record/plan';

/**
 * Ends the change that a generation belongs to as failed: it falls, or, where its policy says so and it may have created
 * something, what exists of it is kept. A Create keeps only where its asker has said that it can: CloudFormation deletes what failed.
 */
export function endAsFailed(head: Head, id: string): void {
  const generation = generationOf(head, id);
  const { origin, createKeeps, policy, planned, kind } = generation;
  const canKeep = origin === 'update' || createKeeps === true;
  const wanted = policy.onPartialFailure === 'keep' && canKeep && planned && kind !== 'observed';
  const keeps = wanted && head.generations.filter(({ phase }) => phase === 'failed').length < MOST_KEPT;
  generation.phase = keeps ? 'failed' : 'falling';
  if (keeps) generation.kept = true;
}

/** The head stays small: when so many changes on end have failed, a further one is rolled back. */
const MOST_KEPT = 20;

/** Records which devices a kept generation has. Undefined if there is none, so that it need not be kept. */
export async function recordKept(operation: Operation, generation: Generation): Promise<string | undefined> {
  try {
    const count = await accountFor(operation, generation);
    if (count === 0) return undefined;
    const kept = count === 1 ? 'was kept and belongs' : 'were kept and belong';
    return `; the other ${devices(count)} ${kept} to the batch: its next change goes on from there`;
  } catch (error) {
    if (!(error instanceof BatchError)) throw error;
    return `; what it created is kept, the next change of the batch goes on with it: ${error.message}`;
  }
}

/**
 * Makes sure of what the batch's failed changes created of a product, so that the next one can take it over.
 * @throws BatchError `JobStillRunning` and others if that cannot be told yet.
 */
export async function accountForKept(operation: Operation, cloudKey: string): Promise<void> {
  const kept = operation.head.generations.filter((each) => each.phase === 'failed' && each.cloudKey === cloudKey);
  for (const generation of kept) await accountFor(operation, generation);
}

async function accountFor(operation: Operation, generation: Generation): Promise<number> {
  const cloud = await operation.cloudOf(generation);
  const plan = await loadPlan(operation.store, generation);
  const { created } = await findCreated(operation, cloud, generation, plan, async (job, found) => {
    await keepCredentials(operation, generation.id, job, found);
  });
  return created.size;
}
