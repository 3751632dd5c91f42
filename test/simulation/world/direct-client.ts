import type * as z from 'zod';
import type { Fault as EmulatedFault } from '../../../emulator';
import { CloudError, OUT_OF_TIME, type RequestTicket } from '../../../lib/batch/ports/cloud';
import type { CloudEnvironment } from '../../../lib/clouds/environment';
import { issueTicket, ticketFailure } from '../../../lib/clouds/aliyun/ticket';
import { failureOfTransport, type Failure, type Repeatability } from '../../../lib/clouds/http/failure';
import { retry } from '../../../lib/clouds/http/retry';
import { TransportError } from '../../../lib/clouds/http/transport';
import type { DirectCall, SimulatedProduct } from '../clouds/simulated-cloud';
import type { CallRecord } from './calls';
import type { Fault } from './faults';
import type { Process } from './process';

const REQUEST_TIMEOUT_MS = 30_000;

/** What the cloud says may be long, and in a language of three bytes a character. */
const LONG_REASON = '设备注册失败'.repeat(70);

/** An operation of any of the clouds, as its client takes it. */
type Operation<Answer> = Repeatability & { perSecond: number | undefined; answer: z.ZodType<Answer> };

type Parameters = Record<string, string | number | readonly string[] | undefined>;

type Outcome<Answer> = { answer: Answer } | { failure: Failure & { sent?: TransportError['sent'] } };

/**
 * Stands in for a cloud's client below the real adapter: paced, repeated and judged by the same code, but straight to the
 * emulator's operations.
 */
export class DirectClient {
  private readonly ending = new AbortController();

  constructor(
    private readonly process: Process,
    private readonly product: SimulatedProduct,
    private readonly environment: CloudEnvironment,
  ) {}

  call<Answer>(operation: Operation<Answer>, query: Parameters, form: Parameters = {}): Promise<Answer> {
    const attempt = () => this.attempt(operation, { ...query, ...form });
    if (!operation.repeatable) return attempt();
    const { clock, until, observer } = this.environment;
    return retry(attempt, {
      clock,
      until,
      ending: this.ending.signal,
      repeating: ({ vendorCode: code }, delayMs) => observer.log('debug', 'call will be repeated', { code, delayMs }),
    });
  }

  callOnce<Answer>(operation: Operation<Answer>, query: Parameters, ticket: RequestTicket): Promise<Answer> {
    return this.attempt(operation, query, ticket);
  }

  async issueTicket(): Promise<RequestTicket> {
    return issueTicket(this.environment.clock, this.process.world.emulator.aliyun.accessKey);
  }

  get clockSkewMs(): number {
    return this.product.api.clockSkewMs(this.process.world.emulator);
  }

  async close(): Promise<void> {
    this.ending.abort();
  }

  private async attempt<Answer>(
    operation: Operation<Answer>,
    query: Parameters,
    ticket?: RequestTicket,
  ): Promise<Answer> {
    const permit = await this.environment.rates
      .of(operation.name, operation.perSecond)
      .acquire(this.environment.until, this.ending.signal);
    const outcome: Outcome<Answer> = permit ? await this.exchange(operation, query, ticket) : { failure: outOfTime() };
    if ('answer' in outcome) {
      permit?.admitted();
      return outcome.answer;
    }
    if (outcome.failure.meaning === 'throttled') permit?.throttled();
    throw this.product.api.error(operation, outcome.failure);
  }

  private async exchange<Answer>(
    operation: Operation<Answer>,
    query: Parameters,
    ticket?: RequestTicket,
  ): Promise<Outcome<Answer>> {
    const { world, clock } = this.process;
    const sentAt = clock.now();
    if (this.ending.signal.aborted || sentAt >= this.environment.until) return { failure: outOfTime() };
    const lapsed = ticket && ticketFailure(ticket, world.emulator.aliyun.accessKey, sentAt);
    if (lapsed) return { failure: lapsed };
    const timeout = Math.min(REQUEST_TIMEOUT_MS, this.environment.until - sentAt);
    const role = this.product.api.roles[operation.name] ?? 'other';
    return this.process.through(`cloud ${role} ${operation.name}`, async (fault) => {
      const call = world.calls.sent(this.process, operation.name, query, this.product, ticket?.nonce);
      if (fault) call.record.struck = fault.kind;
      await clock.sleep(world.random.int(5, 60));
      const outcome = await this.disturbed(operation, call, fault, timeout);
      call.record.told = 'answer' in outcome ? 'yes' : outcome.failure.meaning === 'uncertain' ? 'nothing' : 'no';
      return outcome;
    });
  }

  private async disturbed<Answer>(
    operation: Operation<Answer>,
    { record, direct }: { record: CallRecord; direct: DirectCall },
    fault: Fault | undefined,
    timeout: number,
  ): Promise<Outcome<Answer>> {
    const { world, clock } = this.process;
    const { api } = this.product;
    const execute = (faults: readonly EmulatedFault[] = []) => this.execute(operation, record, direct, faults);
    const now = world.timeline.now();
    if (fault?.kind === 'cloudOutage') world.cloudIsOutUntil.set(record.at.id, now + fault.ms);
    if (fault?.kind === 'sharedRates') world.ratesAreSharedUntil = now + fault.ms;
    if (now < (world.cloudIsOutUntil.get(record.at.id) ?? 0)) return this.disturbedStill(record, 'cloudOutage');
    if (now < world.ratesAreSharedUntil && world.random.chance(0.5)) return this.disturbedStill(record, 'sharedRates');
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others strike elsewhere
    switch (fault?.kind) {
      case 'refused':
      case 'forbidden':
      case 'unavailable':
      case 'throttled':
        return { failure: api.judge(api.refusals[fault.kind]) };
      case 'lostBefore':
        return { failure: connectionLost() };
      case 'lostAfter':
        execute();
        return { failure: connectionLost() };
      case 'late':
        world.timeline.after(fault.ms, () => void execute());
        return { failure: connectionLost() };
      case 'slow': {
        const outcome = execute();
        await clock.sleep(Math.min(fault.ms, timeout));
        return fault.ms < timeout ? outcome : { failure: connectionLost('Timeout') };
      }
      case 'garbage':
        execute();
        return { failure: { code: 'UnreadableAnswer', text: 'the answer is not the cloud’s', meaning: 'uncertain' } };
      case 'partialFailure':
        return execute([{ kind: 'failCreate', count: fault.times, ...(fault.times > 1 && { reason: LONG_REASON }) }]);
      case 'quotaReached':
        world.limitDevices(world.random.int(0, 2));
        return execute();
      case 'stuckJob':
        return execute([{ kind: 'stuckJob', phase: 'CREATE' }]);
      case 'namesRefused':
        return execute([{ kind: 'failCheck', count: 1 }]);
      case 'stuckCheck':
        return execute([{ kind: 'stuckJob', phase: 'CHECK' }]);
      default:
        return execute();
    }
  }

  /** What began with another call goes on with this one. */
  private disturbedStill(record: CallRecord, how: 'cloudOutage' | 'sharedRates'): { failure: Failure } {
    this.process.world.struck++;
    record.struck = how;
    const { api } = this.product;
    return { failure: api.judge(api.refusals[how === 'cloudOutage' ? 'unavailable' : 'throttled']) };
  }

  private execute<Answer>(
    operation: Operation<Answer>,
    record: CallRecord,
    direct: DirectCall,
    faults: readonly EmulatedFault[],
  ): Outcome<Answer> {
    const { world } = this.process;
    world.emulator.settle();
    const served = this.product.api.serve(world.emulator, direct, faults);
    world.calls.arrived(record, 'refused' in served ? served.refused.code : undefined);
    if ('refused' in served) return { failure: this.product.api.judge(served.refused) };
    const parsed = operation.answer.safeParse(served.payload);
    if (parsed.success) return { answer: parsed.data };
    throw new CloudError('permanent', 'IncompleteAnswer', `${operation.name}: ${parsed.error.message}`);
  }
}

function connectionLost(code: 'ConnectionLost' | 'Timeout' = 'ConnectionLost') {
  return failureOfTransport(new TransportError(code, 'perhaps', 'socket hang up'));
}

function outOfTime(): Failure & { sent: 'no' } {
  return { code: OUT_OF_TIME, text: 'not sent: no time is left for it', meaning: 'uncertain', sent: 'no' };
}
