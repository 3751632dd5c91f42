import { STORE_RESOURCE_TYPE } from '../../../lib/batch/contract';
import type { FrameworkEvent } from '../stack/framework';
import { BUCKET } from '../world/invoke';
import { settleByHand } from '../world/settle-by-hand';
import type { Performance } from './perform';

/**
 * The last event of a stack: its bucket is to be emptied. Where the handler refuses, because only the store knows the way to some
 * device, somebody does what the error says, and deletes the stack again. Then nothing is left of it anywhere.
 */
export async function empty(life: Performance): Promise<void> {
  const { world, events, oracle } = life;
  // Whoever retains devices keeps the bucket.
  if (!oracle.leftovers.mayBeEmptied()) return;
  let staying = oracle.leftovers.staying();
  const refusal = await emptied(life);
  world.tally.add('states', refusal === undefined ? 'store emptied' : 'store kept');
  if (refusal !== undefined) {
    oracle.leftovers.checkRefused(refusal);
    world.tell('* settled by hand');
    await settleByHand(world, events.stackId);
    // Also what was settled by a policy that retains it.
    staying = new Set([...staying, ...oracle.leftovers.staying()]);
    const again = await emptied(life);
    if (again !== undefined) oracle.report.violated('I2', `the store cannot be emptied after it was settled: ${again}`);
  }
  oracle.leftovers.checkEmptied(staying);
}

/** Undefined if the store is empty, else why not. */
async function emptied({ world, events, framework }: Performance): Promise<string | undefined> {
  const event: FrameworkEvent = {
    RequestType: 'Delete',
    RequestId: world.random.hex(8),
    StackId: events.stackId,
    LogicalResourceId: 'Contents',
    ResourceType: STORE_RESOURCE_TYPE,
    PhysicalResourceId: `${BUCKET}-contents`,
    ResourceProperties: {},
  };
  world.tell('  > Delete of what the bucket holds');
  const answer = await framework.send(event, PATIENCE_MS).answer;
  const line = answer?.Reason.split('\n')[0] ?? 'no answer in time';
  world.tell(`  < ${line}`);
  return answer?.Status === 'SUCCESS' ? undefined : line;
}

const PATIENCE_MS = 3_600_000;
