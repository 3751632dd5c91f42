import type { Fault } from '../../faults';
import type { AliyunAssumptions } from '../assumptions';
import type { Parameters } from '../parameters';
import type { Platform } from '../platform';

/** One call as an operation sees it: verified, permitted and within its rate. */
export interface OperationCall {
  parameters: Parameters;
  platform: Platform;
  assumptions: Readonly<AliyunAssumptions>;
  /** Wall time at which it arrived. */
  now: number;
  requestId: string;
  /** Host and port that the caller knows the emulator by. */
  host: string;
  faults: readonly Fault[];
}

/** An operation of version 2018-01-20. One a file. */
export interface Operation {
  name: string;
  /** Calls a second of one account, RAM users included. */
  callsPerSecond: number;
  /** A lower rate that holds for some calls, counted apart. */
  slowerRate?(parameters: Parameters): { bucket: string; perSecond: number } | undefined;
  /** The payload, which is merged into the envelope. Throws BusinessError or GatewayError. */
  execute(call: OperationCall): Record<string, unknown>;
}
