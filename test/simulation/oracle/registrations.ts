import type { CallRecord } from '../world/calls';
import type { SimulatedWorld } from '../world/world';
import { FLIGHT_MS } from './lost-calls';
import type { Report } from './report';
import { TaskStarts } from './task-starts';

/** I3: no job is started twice, nor while another one of the same names may still run. */
export class Registrations {
  private seen = 0;
  private readonly tasks: TaskStarts;

  constructor(
    private readonly world: SimulatedWorld,
    private readonly report: Report,
  ) {
    this.tasks = new TaskStarts(world, report);
  }

  executed(call: CallRecord): void {
    if (call.operation === 'CreateMultiDevice') this.tasks.executed(call);
    if (call.operation !== 'BatchRegisterDeviceWithApplyId' || call.code !== undefined || call.forgotten) return;
    const jobs = this.world.emulator.aliyun.platform.listApplications();
    const own = jobs.find(({ applyId }) => applyId === String(call.parameters.ApplyId));
    const names = new Set(own?.devices.map(({ deviceName }) => deviceName));
    for (const job of jobs) {
      const running = job.status === 'CREATE' && job !== own && job.productKey === own?.productKey;
      // What another batch's dead change still makes, the cloud keeps apart: one job gets the name, and tells that it did.
      const by = this.world.calls.byId(job.registeredBy);
      if (by?.batch !== call.batch || by.stack !== call.stack || by.forgotten) continue;
      if (!running || !job.devices.some(({ deviceName }) => names.has(deviceName))) continue;
      const text = `job ${own.applyId} was started while job ${job.applyId} was making devices of the same names`;
      this.report.violated('I3', text);
    }
  }

  /** Looks at the calls that were made since it was called last. */
  check(): void {
    const { all } = this.world.calls;
    for (; this.seen < all.length; this.seen++) {
      const call = all[this.seen];
      if (call?.operation === 'BatchRegisterDeviceWithApplyId') this.checkRepetition(call, all);
      if (call?.operation === 'BatchRegisterDevice') this.checkNameless(call, all);
    }
  }

  private checkRepetition(call: CallRecord, all: readonly CallRecord[]): void {
    const { ApplyId } = call.parameters;
    for (const earlier of all) {
      if (earlier.seq >= call.seq) return;
      if (earlier.operation !== call.operation || earlier.parameters.ApplyId !== ApplyId) continue;
      if (earlier.told === 'no' || earlier.forgotten) continue;
      const after = call.sentAt - earlier.sentAt;
      const began = earlier.executedAt !== undefined && earlier.executedAt <= call.sentAt && earlier.code === undefined;
      if (!began && after >= FLIGHT_MS) continue;
      const text = began ? 'the first had been executed' : `the first was ${after} ms old and might still arrive`;
      this.report.violated('I3', `job ${ApplyId} was started a second time: ${text}`);
    }
  }

  /** Sent again as the very same it is refused; anything else makes the devices a second time. */
  private checkNameless(call: CallRecord, all: readonly CallRecord[]): void {
    if (call.executedAt === undefined || call.code !== undefined) return;
    const twice = all.filter(
      ({ operation, request, batch, executedAt, code }) =>
        operation === call.operation &&
        request === call.request &&
        batch === call.batch &&
        executedAt !== undefined &&
        code === undefined,
    );
    if (twice.length > 1) this.report.violated('I3', `devices were asked for twice for one request of ${call.batch}`);
  }
}
