import type { TencentTask } from '../../../emulator/tencent/task';
import type { CallRecord } from '../world/calls';
import type { SimulatedWorld } from '../world/world';
import { FLIGHT_MS, SETTLE_MS, taskOf } from './lost-calls';
import type { Report } from './report';

/** I3 where each call starts a job of its own: none does while an earlier one for the same names can be seen, or may still arrive. */
export class TaskStarts {
  constructor(
    private readonly world: SimulatedWorld,
    private readonly report: Report,
  ) {}

  /** To be called right after a call was executed. */
  executed(call: CallRecord): void {
    if (call.code !== undefined) return;
    for (const earlier of this.world.calls.all) {
      if (earlier.seq >= call.seq) return;
      const same = earlier.operation === call.operation && earlier.at.id === call.at.id;
      // What another batch's dead change still makes, the cloud keeps apart: one job gets the name, and tells that it did.
      if (
        !same ||
        earlier.forgotten ||
        earlier.batch !== call.batch ||
        earlier.stack !== call.stack ||
        earlier.told === 'no'
      )
        continue;
      const names = call.names.filter((name) => earlier.names.includes(name));
      const reason = names.length > 0 && this.whyTooEarly(call, earlier);
      if (reason) this.report.violated('I3', `${names.join(', ')} were asked for a second time: ${reason}`);
    }
  }

  private whyTooEarly(call: CallRecord, earlier: CallRecord): string | undefined {
    const task = taskOf(this.world, earlier);
    const age = call.sentAt - earlier.sentAt;
    const isKnown = task !== undefined && this.world.recordedJobs.has(task.taskId);
    // One that was answered has arrived, whether or not that came to be recorded.
    if (!isKnown && earlier.told !== 'yes' && age < FLIGHT_MS)
      return `the first call was ${age} ms old and might still arrive`;
    if (!task || task.status === 2 || (!isKnown && this.isQuiet(call, earlier, task))) return undefined;
    return `the first call's task ${task.taskId} was still making devices`;
  }

  /** Whether an unknown task had made nothing for so long that it had to count as over. */
  private isQuiet(call: CallRecord, earlier: CallRecord, task: TencentTask): boolean {
    const times = this.world.events.filter(({ jobId }) => jobId === task.taskId).map(({ time }) => time);
    return call.sentAt - Math.max(earlier.sentAt + FLIGHT_MS, ...times) >= SETTLE_MS;
  }
}
