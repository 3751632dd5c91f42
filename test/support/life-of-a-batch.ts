import type { Order, Result } from '../../lib/batch';
import { MAX_TIMEOUT_SECONDS } from '../../lib/batch/contract';
import type { World } from './world';

/** What a request took, and how it ended. */
export interface Cost {
  result: Result;
  /** Virtual time from the request to its answer, the waiter's pauses included. */
  seconds: number;
  invocations: number;
  /** Virtual seconds of the longest invocation. */
  longest: number;
  /** Requests to the cloud, by operation. */
  requests: Record<string, number>;
  /** When the first of them was sent and the last answered, in virtual seconds from the order. */
  spans: Record<string, { from: number; to: number }>;
  /** Bytes of the largest head that was written. */
  largestHead: number;
}

/** Told of each I/O before it is done; true kills the invocation there. */
export type Killer = (what: string) => boolean;

/** Works on an order as the waiter would, until it is over, and keeps account of everything. */
export async function carryOut(world: World, order: Order, killer: Killer = () => false): Promise<Cost> {
  const began = world.clock.now();
  const cost: Omit<Cost, 'result' | 'seconds'> = {
    invocations: 0,
    longest: 0,
    requests: {},
    spans: {},
    largestHead: 0,
  };
  for (;;) {
    const started = world.clock.now();
    const result = await invoke(world, order, killer, cost, began);
    cost.invocations++;
    cost.longest = Math.max(cost.longest, (world.clock.now() - started) / 1000);
    if (result && result.state !== 'unfinished') {
      return { ...cost, result, seconds: (world.clock.now() - began) / 1000 };
    }
    await world.clock.sleep(5_000);
  }
}

/** One invocation; undefined if it was killed. What a killed one waits for never comes. */
async function invoke(
  world: World,
  { requestId }: Order,
  killer: Killer,
  cost: Pick<Cost, 'requests' | 'spans' | 'largestHead'>,
  began: number,
): Promise<Result | undefined> {
  let dead = false;
  let die: () => void = () => undefined;
  const death = new Promise<undefined>((resolve) => (die = () => resolve(undefined)));
  const ports = world.ports(async (what, run) => {
    if (dead || killer(what)) {
      dead = true;
      die();
      return new Promise(() => undefined);
    }
    const operation = /^cloud (\w+)$/.exec(what)?.[1];
    const seconds = () => (world.clock.now() - began) / 1000;
    const span = operation === undefined ? undefined : (cost.spans[operation] ??= { from: seconds(), to: 0 });
    if (operation !== undefined) cost.requests[operation] = (cost.requests[operation] ?? 0) + 1;
    const done = await run();
    if (span) span.to = seconds();
    const head = /^store put (heads\/.*)$/.exec(what)?.[1];
    if (head !== undefined) {
      cost.largestHead = Math.max(cost.largestHead, world.store.objects.get(head)?.body.length ?? 0);
    }
    return done;
  });
  return Promise.race([world.once(requestId, 'b1', ports), death]);
}

/** A Create of so many devices, and the Delete that follows; `look` in between, while they exist. */
export async function createAndDelete(
  world: World,
  names: readonly string[],
  killers: { create?: Killer; delete?: Killer } = {},
  look: (generation: string) => void = () => undefined,
): Promise<{ created: Cost; deleted: Cost }> {
  const deadline = () => world.clock.now() + MAX_TIMEOUT_SECONDS * 1000;
  const create = { ...world.order({ type: 'create', options: world.options(names) }), deadline: deadline() };
  const generation = (await world.submit(create)) as string;
  const created = await carryOut(world, create, killers.create);
  look(generation);
  const drop = { ...world.order({ type: 'delete', named: generation }), deadline: deadline() };
  await world.submit(drop);
  return { created, deleted: await carryOut(world, drop, killers.delete) };
}

/** Gives the product so many other devices that none is found by listing it, as in the account of somebody who uses it. */
export function seedOthers(world: World, count: number): void {
  world.seed(...Array.from({ length: count }, (_, i) => `other-${i}`));
}

/** Requests of all operations together. */
export function sumOf(requests: Record<string, number>): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}
