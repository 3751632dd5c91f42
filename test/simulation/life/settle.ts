import { products, type ProductName } from '../clouds/products';
import type { BatchSpec } from '../stack/spec';
import type { Course } from '../stack/stack';
import { needsNewer } from '../world/versions';
import { empty } from './empty';
import type { Performance } from './perform';

/** A killed process holds its lease no longer than this, and whatever nobody finishes counts as abandoned by then. */
const ABANDONED_MS = 3_600_000;
const MOST_DELETES = 5;

/** The end of each life: nothing goes wrong any more, every job ends, and the stack is deleted. Then nothing may be left. */
export async function settle(life: Performance): Promise<void> {
  const { world, stack, oracle } = life;
  world.tell('* nothing goes wrong any more: the stack is deleted');
  await world.timeline.sleep(ABANDONED_MS);
  world.releaseJobs();
  world.liftQuotas();
  // As the error says: the newer package is deployed again.
  if (needsNewer(world.store)) world.deployNewer('major', Infinity);
  await life.idle();
  await resumeWhatWasSkipped(life);
  for (let tries = 0; tries < MOST_DELETES && stack.status !== 'absent'; tries++) {
    await stack.delete();
    world.deleteConnectedByHand();
  }
  await life.idle();
  oracle.stepped(stack.status, true, false);
  oracle.ended(stack.status === 'absent');
  if (stack.status === 'absent') await empty(life);
}

/** A clean-up that was skipped is finished by the next event of any batch (I11). */
async function resumeWhatWasSkipped({ world, stack, claims }: Performance): Promise<void> {
  const stable = stack.status === 'stable' || stack.status === 'absent';
  if (!stable || claims.skipped.size === 0) return;
  world.deleteConnectedByHand();
  const template = Object.fromEntries([...stack.resources].map(([batch, { spec }]) => [batch, spec]));
  await stack.deploy({ ...template, Last: lastSpec(world.setting.products[0]) }, plainCourse);
}

function lastSpec(product: ProductName): BatchSpec {
  return {
    product,
    devices: { named: ['last-one'] },
    deleteActivated: !products[product].tellsDevices,
    deviceCredentials: 'none',
    onExisting: 'fail',
    onPartialFailure: 'rollBack',
    removalPolicy: 'destroy',
  };
}

const plainCourse: Course = { together: false, waits: true, rollback: true, backUnder: 'old', back: 'update' };
