import type { Randomness } from './randomness';

/** When a fault strikes: at the calls that match, from the one after `after` on, `times` times, with `probability`. */
export interface FaultMatch {
  /** @default every operation that the fault can apply to */
  operation?: string;
  /** @default both */
  cloud?: 'aliyun' | 'tencent';
  /** How many matching calls pass unharmed first. @default 0 */
  after?: number;
  /** How many times it strikes before it is spent. @default until it is cleared */
  times?: number;
  /** @default 1 */
  probability?: number;
}

/** What goes wrong. docs/emulator.md describes each with an example. */
export type Fault =
  /** Refused for its rate, without execution. Alibaba: `retryAfterMs` becomes the header `x-acs-retry-after`. */
  | { kind: 'throttle'; code?: string; retryAfterMs?: number }
  /** The connection is reset before or after the call is executed. */
  | { kind: 'drop'; when: 'before' | 'after' }
  /** The connection is reset; the request arrives all the same, `ms` of wall time later. */
  | { kind: 'late'; ms: number }
  /** Executed at once, answered after `ms`. */
  | { kind: 'slow'; ms: number }
  /**
   * An error of the gateway (`InternalError` 500, `ServiceUnavailable` 503 …), with the call executed or not. Tencent's own
   * answers are all HTTP 200.
   */
  | { kind: 'gatewayError'; status: number; code: string; message?: string; executed?: boolean }
  /** An error of the service itself. Alibaba: `code: ''` leaves the code out. Tencent's API 2.0: the code's number, also the module's. */
  | { kind: 'businessError'; code: string; message?: string; executed?: boolean }
  /** A proxy's HTML page with HTTP 502. */
  | { kind: 'badGateway'; executed?: boolean }
  /** The answer's first half, well-formed as HTTP, broken as JSON. */
  | { kind: 'truncated' }
  /** Something that is no JSON, with the status and type of a success. */
  | { kind: 'garbage' }
  /** The connection breaks in the middle of the answer's body. */
  | { kind: 'cut' }
  /** Alibaba: the objects that wrap lists are missing, null, `{}`, or replaced by the bare array. */
  | { kind: 'wrappers'; as: 'missing' | 'null' | 'empty' | 'array' }
  /** The status query answers this undocumented status. */
  | { kind: 'status'; status: string }
  /** The job that the call starts never ends. Tencent's tasks do not start in CHECK, and run for ever in CREATE. */
  | { kind: 'stuckJob'; phase: 'CHECK' | 'CREATE' }
  /** Alibaba: these names fail the check. */
  | ({ kind: 'failCheck' } & DeviceChoice)
  /** These devices are not created, though their names are good. */
  | ({ kind: 'failCreate' } & DeviceChoice)
  /** For this call the cloud's clock is `ms` ahead (or behind, below 0). */
  | { kind: 'clockSkew'; ms: number };

/** Which devices of a job: named, by regular expression, or the first `count`. Several choices add up. */
export interface DeviceChoice {
  names?: string[];
  pattern?: string;
  count?: number;
  /** The text in `ErrorMsg`, or in `ErrMsg`. */
  reason?: string;
  /** Tencent's `Result`, as long as it is not 0. @default 2100 */
  result?: number;
}

export type FaultKind = Fault['kind'];
export type FaultRule = FaultMatch & { fault: Fault };
/** A rule in the list, with what it has done so far. */
export type FaultState = FaultRule & { id: number; seen: number; struck: number };

/** The list of rules. Every rule that matches a call strikes it; of several that replace the answer the first wins. */
export class FaultRules {
  private rules: FaultState[] = [];
  private lastId = 0;

  constructor(private readonly random: Randomness) {}

  /** Returns the rule's id. */
  add(rule: FaultRule): number {
    if (rule.fault.kind === 'failCheck' || rule.fault.kind === 'failCreate') new RegExp(rule.fault.pattern ?? '');
    this.rules.push({ ...rule, id: ++this.lastId, seen: 0, struck: 0 });
    return this.lastId;
  }

  /** Removes one rule, or all. */
  clear(id?: number): void {
    this.rules = id === undefined ? [] : this.rules.filter((rule) => rule.id !== id);
  }

  list(): readonly FaultState[] {
    return this.rules;
  }

  /** The faults that strike this call. Counts it. */
  strike(cloud: string, operation: string, applies: (fault: Fault) => boolean): Fault[] {
    return this.rules
      .filter((rule) => (rule.cloud ?? cloud) === cloud && (rule.operation ?? operation) === operation)
      .filter((rule) => applies(rule.fault))
      .filter((rule) => this.strikes(rule))
      .map((rule) => rule.fault);
  }

  private strikes(rule: FaultState): boolean {
    rule.seen++;
    if (rule.seen <= (rule.after ?? 0) || rule.struck >= (rule.times ?? Infinity)) return false;
    if (rule.probability !== undefined && this.random.fraction() >= rule.probability) return false;
    rule.struck++;
    return true;
  }
}

/** The first fault of this kind. */
export function faultOf<K extends FaultKind>(
  faults: readonly Fault[],
  kind: K,
): Extract<Fault, { kind: K }> | undefined {
  return faults.find((fault): fault is Extract<Fault, { kind: K }> => fault.kind === kind);
}
