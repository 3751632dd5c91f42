import type { Order, Result } from '../batch';
import { lineOf } from '../batch/intent';
import { unheardReplacements } from './journal';
import type { Workplace } from './workplace';

export type Failed = Extract<Result, { state: 'failed' }>;

/**
 * What was made before a generation of the batch and has never been heard of: those who made it were cut off, and the program was changed
 * since. What grew out of something that was heard of is in the state of another resource.
 */
export async function unheardBefore(workplace: Workplace, generationId: string): Promise<string[]> {
  const head = await workplace.head();
  const line = lineOf(head, generationId);
  // By their order: machines' clocks differ.
  const elder = head.generations.slice(
    0,
    head.generations.findIndex(({ id }) => id === generationId),
  );
  const heardOf = new Set(head.generations.filter(({ named }) => named).flatMap(({ id }) => [...lineOf(head, id)]));
  return elder
    .filter((each) => !line.has(each.id) && !heardOf.has(each.id))
    .filter(({ phase }) => phase === 'standing' || phase === 'failed')
    .map(({ id }) => id);
}

/** Replacements of a generation that have never been heard of, but for those that this process has made: its engine is alive. */
export async function unheardBeside(workplace: Workplace, generationId: string): Promise<string[]> {
  return unheardReplacements(await workplace.head(), generationId)
    .filter(({ id, phase }) => (phase === 'standing' || phase === 'failed') && !workplace.hasMade(id))
    .map(({ id }) => id);
}

/** Lets generations go, each with its line. @returns why the first that cannot go yet is left. */
export async function clear(workplace: Workplace, generations: readonly string[]): Promise<Failed | undefined> {
  for (const named of generations) {
    const failed = await carryOut(workplace, { type: 'delete', named, line: {}, ...workplace.request('delete') });
    if (failed) return failed;
  }
  return undefined;
}

/** What a generation has replaced falls, in the same call; `named`: the one that the change came with. */
export async function clearReplaced(workplace: Workplace, id: string, named: string): Promise<Failed | undefined> {
  const head = await workplace.head();
  const line = lineOf(head, id);
  const isLeft = head.generations.some((each) => line.has(each.id) && each.id !== id && each.phase !== 'gone');
  if (!isLeft) return undefined;
  return carryOut(workplace, { type: 'delete', named, line: { spared: id }, ...workplace.request('delete') });
}

async function carryOut(workplace: Workplace, order: Order): Promise<Failed | undefined> {
  const { result } = await workplace.carryOut(order);
  return result.state === 'failed' ? result : undefined;
}
