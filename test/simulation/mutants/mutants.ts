import type { SourceChange } from '../run/bundle';
import type { Twin } from '../run/lives';

/** A mistake that somebody might make in one line, and the invariant that it breaks. */
export interface Mutant extends SourceChange {
  mistake: string;
  /** Whose lives can show it; any by default. */
  twin?: Twin;
}

/**
 * Known mistakes, about one an invariant. Where a line has changed, its mutant changes with it: `npm run simulate -- --mutants`
 * refuses to plant what is not there.
 */
export const mutants: readonly Mutant[] = [
  {
    mistake: 'I1: a drop does not ask who else lists its devices',
    file: 'lib/batch/drop.ts',
    from: 'others.some((other) => lives(other, device, generation, cloud) || decides(other, device, generation, cloud)),',
    to: 'false,',
  },
  {
    mistake: 'I1: devices are deleted although they have connected',
    file: 'lib/batch/duties.ts',
    from: 'if (!deleteActivated && !acceptedUnknown && !drop?.deleteActivated) duties.guarded.add(device);',
    to: '',
  },
  {
    mistake: 'I1: devices are deleted by name',
    file: 'lib/clouds/aliyun/adapter.ts',
    from: 'await this.client.call(DeleteDevice, { IotId: identity });',
    to: 'await this.client.call(DeleteDevice, { ProductKey: this.productKey, DeviceName: name });',
  },
  {
    mistake: "I1: on Tencent's cloud whoever has the name by now is deleted",
    file: 'lib/clouds/tencent/api-3.ts',
    from: "if (!isSameDevice(identity, present?.identity)) return 'gone';",
    to: '',
  },
  {
    mistake: 'I1: adopted devices are deleted like others',
    file: 'lib/batch/duties.ts',
    from: "device.provenance === 'adopted' || ",
    to: '',
  },
  {
    mistake: 'I1: devices are registered while a lost deletion of their names may still arrive',
    file: 'lib/batch/raise.ts',
    from: 'await awaitLostDeletions(operation, generation.cloudKey, names);',
    to: '',
  },
  {
    mistake: 'I2: a failed change is not taken back',
    file: 'lib/batch/kept.ts',
    from: "generation.phase = keeps ? 'failed' : 'falling';",
    to: "generation.phase = keeps ? 'failed' : 'gone';",
  },
  {
    mistake: 'I2: the secrets of what is gone are left where they were',
    file: 'lib/batch/drop.ts',
    from: 'await forgetCredentials(operation, id);',
    to: '',
  },
  {
    mistake: 'I3: a lost call is sent again while it may still arrive',
    file: 'lib/batch/registration.ts',
    from: 'const flying = (job.committing?.flightUntil ?? 0) > now;',
    to: 'const flying = false;',
  },
  {
    mistake: 'I3: a task whose answer was lost is asked for again while the call may still arrive',
    file: 'lib/batch/lost-task.ts',
    from: 'if ((this.job.committing?.flightUntil ?? 0) > clock.now()) return undefined;',
    to: '',
  },
  {
    mistake: 'I4: a job that failed in part counts as a success',
    file: 'lib/batch/raise.ts',
    from: 'if (failures.length > 0) throw notRegistered(generation, failures);',
    to: '',
  },
  {
    mistake: 'I4: the secrets of what a job made are not stored',
    file: 'lib/batch/raise.ts',
    from: 'await keepCredentials(work, id, job, found);',
    to: '',
  },
  {
    mistake: 'I5: a call is not written down before it is made',
    file: 'lib/batch/start-job.ts',
    from: 'await announce(operation, job, ticket);',
    to: '',
  },
  {
    mistake: 'I5: what a later version has written into a generation is lost',
    file: 'lib/batch/record/head.ts',
    from: 'const generationSchema = z.looseObject({',
    to: 'const generationSchema = z.object({',
  },
  {
    mistake: 'I5: the record of a newer major version is worked on all the same',
    file: 'lib/batch/record/batch-record.ts',
    from: 'if (Math.floor(version) > HEAD_VERSION) {',
    to: 'if (version < 0) {',
  },
  {
    mistake: 'I6: nobody looks at the deadline',
    file: 'lib/batch/operation.ts',
    from: 'deadline - ANSWER_MS',
    to: 'deadline * 2',
  },
  {
    mistake: 'I7: secrets get into the record of a job',
    file: 'lib/batch/registration.ts',
    from: "await job.append({ step: 'collected' }, this.operation.clock.now());",
    to: "await job.append({ step: 'collected', found } as never, this.operation.clock.now());",
  },
  {
    mistake: 'I8: what was refused for good is tried again',
    file: 'lib/batch/operation.ts',
    from: "error.kind === 'permanent' || ",
    to: '',
  },
  {
    mistake: 'I9: reasons are as long as they are',
    file: 'handler/request-failed.ts',
    from: 'return shorten(line, MAX_REASON_BYTES - encodedBytes(tail) - 2) + tail;',
    to: 'return line + tail;',
  },
  {
    mistake: 'I10: calls are made ten times as fast',
    file: 'lib/clouds/http/rate-limiter.ts',
    from: 'this.highestRate = documentedRate * RATE_USE;',
    to: 'this.highestRate = documentedRate * RATE_USE * 10;',
  },
  {
    mistake: 'I11: what was not deleted is forgotten',
    file: 'lib/batch/drop.ts',
    from: 'homeless: spared.some((device) => !others.some((other) => answersFor(other, device, generation, cloud))),',
    to: 'homeless: false,',
  },
  {
    mistake: 'I11: the store is emptied although it is needed',
    file: 'lib/batch/empty-store.ts',
    from: "return phase !== 'gone' && planned;",
    to: 'return false;',
  },
  {
    mistake: 'I2: what a create made of which nobody has heard is left for ever',
    twin: 'pulumi',
    file: 'lib/pulumi/clear-away.ts',
    from: '.filter((each) => !line.has(each.id) && !heardOf.has(each.id))',
    to: '.filter(() => false)',
  },
  {
    mistake: 'I5: a batch and its replacement are deleted over each other',
    twin: 'pulumi',
    file: 'lib/pulumi/session.ts',
    from: 'await before?.catch(() => undefined);',
    to: '',
  },
  {
    mistake: 'I5: a provider works on although its engine is gone',
    twin: 'pulumi',
    file: 'lib/pulumi/attendance.ts',
    from: 'if (!(await this.last.there)) throw new EngineGone();',
    to: '',
  },
  {
    mistake: 'I4: a change begins without what the state knows',
    twin: 'pulumi',
    file: 'lib/pulumi/operations.ts',
    from: "await restore(workplace, olds.batchId, record, (message) => workplace.observer.log('warn', message));",
    to: '',
  },
];
