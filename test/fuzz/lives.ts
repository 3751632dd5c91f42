import * as fc from 'fast-check';
import { lights, type World } from '../support/world';

/** How far a batch has come when something happens to its record. */
export interface Moment {
  of: 'creation' | 'change' | 'clean-up' | 'retention' | 'removal';
  /** At which of its I/Os the process is killed that works on it; never where it makes fewer. */
  killedAt: number;
  /** Whether the answer of the call that starts the last job is lost besides. */
  losesAnswer: boolean;
}

export const moment: fc.Arbitrary<Moment> = fc.record({
  of: fc.constantFrom('creation', 'creation', 'change', 'change', 'clean-up', 'retention', 'removal'),
  killedAt: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 60 })),
  losesAnswer: fc.boolean(),
});

/** A batch, and the request that was under way, or was the last one. */
export interface Lived {
  generation: string;
  requestId: string;
}

/** Leads the batch of a world there. */
export async function livedTo(world: World, { of, killedAt, losesAnswer }: Moment): Promise<Lived> {
  const { create } = world.cloud.operations;
  const lost = losesAnswer && of === 'creation' ? create : undefined;
  const retained = of === 'retention' ? { removalPolicy: 'retain' as const } : {};
  const created = world.order({ type: 'create', options: world.options(lights(3), retained) });
  const generation = (await world.submit(created)) as string;
  const first = { generation, requestId: created.requestId };
  if (of === 'creation') return worked(world, first, killedAt, lost);
  await worked(world, first);
  const options = world.options(lights(3, 2), retained);
  const changed = world.order({ type: 'update', named: generation, options } as { type: 'update' });
  const next = (await world.submit(changed)) as string;
  const second = { generation: next, requestId: changed.requestId };
  if (of === 'change') return worked(world, second, killedAt, losesAnswer ? create : undefined);
  await worked(world, second);
  const named = of === 'removal' ? next : generation;
  const dropped = world.order({ type: 'delete', named } as { type: 'delete' });
  await world.submit(dropped);
  return worked(world, { generation: next, requestId: dropped.requestId }, killedAt);
}

/** Works on a request until the process is killed at one of its I/Os, and lets its lease run out. */
async function worked(world: World, lived: Lived, killedAt = Infinity, lost?: string): Promise<Lived> {
  let ios = 0;
  const killed = new Error('killed');
  const ports = world.ports(async (what, run) => {
    if (++ios > killedAt) throw killed;
    const answer = await run();
    if (lost === undefined || what !== `cloud ${lost}`) return answer;
    killedAt = 0;
    throw killed;
  });
  await world.work(lived.requestId, 'b1', ports).catch(() => undefined);
  await world.clock.sleep(600_000);
  return lived;
}
