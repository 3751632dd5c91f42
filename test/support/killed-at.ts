import type { Order } from '../../lib/batch';
import type { World } from './world';

/** An invocation that is killed just before the first I/O that `at` recognises; nothing of it goes on. */
export async function killedAt(
  world: World,
  order: Order,
  at: (what: string) => boolean,
  batchId = 'b1',
): Promise<void> {
  let kill: () => void = () => undefined;
  const killed = new Promise<void>((resolve) => (kill = resolve));
  let dead = false;
  const ports = world.ports(async (what, run) => {
    if (!dead && at(what)) {
      dead = true;
      kill();
    }
    return dead ? new Promise(() => undefined) : run();
  });
  await Promise.race([world.once(order.requestId, batchId, ports), killed]);
  expect(dead).toBe(true);
}
