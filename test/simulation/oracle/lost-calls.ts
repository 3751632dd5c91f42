import type { TencentTask } from '../../../emulator/tencent/task';
import type { CallRecord } from '../world/calls';
import type { SimulatedWorld } from '../world/world';

/** Until then at most may a call arrive whose answer was lost: its own time-out and a minute (lib/batch/start-job.ts). */
export const FLIGHT_MS = 90_000;

/** A cloud's times are in whole seconds, and a call is noted before it is sent (lib/batch/start-job.ts). */
export const CLOCK_SLACK_MS = 10_000;

/** A task whose id is unknown counts as over when it has made no device for so long (lib/batch/lost-task.ts). */
export const SETTLE_MS = 60_000;

/** The task that a call of Tencent's has opened. */
export function taskOf({ emulator }: SimulatedWorld, { requestId }: CallRecord): TencentTask | undefined {
  return emulator.tencent.hub.tasks.list().find((task) => task.requestId === requestId);
}
