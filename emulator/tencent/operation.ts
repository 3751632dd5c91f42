import type { Fault } from '../faults';
import type { TencentAssumptions } from './assumptions';
import type { Hub } from './hub';
import type { Parameters } from './parameters';
import type { TencentQuotas } from './quotas';

/** One call as an operation sees it: verified, permitted and within its rate. */
export interface OperationCall {
  parameters: Parameters;
  hub: Hub;
  assumptions: Readonly<TencentAssumptions>;
  quotas: Readonly<TencentQuotas>;
  /** Wall time at which it arrived. */
  now: number;
  requestId: string;
  faults: readonly Fault[];
}

/** An operation of one of the two APIs. One a file. */
export interface Operation {
  name: string;
  /** Calls a second of one account. */
  callsPerSecond: number;
  /** The names of all parameters that it takes. */
  parameters: readonly string[];
  /** The payload, which is merged into the envelope. Throws Refusal. */
  execute(call: OperationCall): Record<string, unknown>;
}

/** What the vendor's pages say of the operations of this version whose rate they name; assumed where they name none. */
export const siblingRate = 100;
