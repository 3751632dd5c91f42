import type { DirectCall, SimulatedProduct } from '../clouds/simulated-cloud';
import type { FaultKind } from './faults';
import type { Process } from './process';

/** One call that a process made to the cloud: what the oracle judges by, beside the cloud's own events. */
export interface CallRecord {
  /** Counts over all calls of a life. */
  seq: number;
  process: number;
  /** CloudFormation's id of the stack, which has a store of its own. */
  stack: string;
  batch: string;
  /** CloudFormation's id of the request that it was made for. */
  request: string;
  /** On which it was made. */
  at: SimulatedProduct;
  operation: string;
  requestId: string;
  sentAt: number;
  parameters: Record<string, string | number | undefined>;
  /** Of devices, as far as it has any. */
  names: readonly string[];
  nonce?: string;
  /** When the cloud executed it; absent if it never did. */
  executedAt?: number;
  /** The place of its execution among the cloud's device events. */
  eventsBefore?: number;
  /** The cloud's refusal. */
  code?: string;
  /** What went wrong with it. */
  struck?: FaultKind;
  /** What its caller learned: that it was done, that it was not, or nothing of the two. */
  told: 'yes' | 'no' | 'nothing';
  /** Whatever told of it is lost since. */
  forgotten?: true;
}

/** Every call of a life, in the order in which they were sent. */
export class Calls {
  readonly all: CallRecord[] = [];
  private readonly byRequestId = new Map<string, CallRecord>();

  constructor(
    private readonly events: () => { count: number; now: number },
    private readonly executed: (call: CallRecord) => void,
  ) {}

  sent(
    process: Process,
    operation: string,
    query: Record<string, unknown>,
    at: SimulatedProduct,
    nonce: string | undefined,
  ): { record: CallRecord; direct: DirectCall } {
    const lists: Record<string, readonly string[]> = {};
    const parameters: CallRecord['parameters'] = {};
    for (const [name, value] of Object.entries(query)) {
      if (Array.isArray(value)) lists[name] = value as string[];
      else parameters[name] = value as string | number | undefined;
    }
    const seq = this.all.length + 1;
    const requestId = `call-${seq}`;
    const record: CallRecord = {
      seq,
      process: process.id,
      ...process.cause,
      at,
      operation,
      requestId,
      sentAt: process.world.timeline.now(),
      parameters,
      names: namesOf(parameters, lists),
      ...(nonce !== undefined && { nonce }),
      told: 'nothing',
    };
    this.all.push(record);
    this.byRequestId.set(requestId, record);
    const direct = { operation, parameters, lists, requestId };
    return { record, direct: nonce === undefined ? direct : { ...direct, nonce } };
  }

  arrived(record: CallRecord, code: string | undefined): void {
    const { count, now } = this.events();
    record.executedAt = now;
    record.eventsBefore = count;
    if (code !== undefined) record.code = code;
    this.executed(record);
  }

  byId(requestId: string | undefined): CallRecord | undefined {
    return requestId === undefined ? undefined : this.byRequestId.get(requestId);
  }
}

/** The clouds spell the parameter in their ways. */
function namesOf(parameters: CallRecord['parameters'], lists: DirectCall['lists']): readonly string[] {
  const { DeviceName: alibabas, DeviceNames: tencents = alibabas, listDeviceName: legacy = tencents } = lists;
  const { DeviceName: single = parameters.deviceName } = parameters;
  return legacy ?? (single === undefined ? [] : [String(single)]);
}
