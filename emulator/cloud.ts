import type { Fault } from './faults';
import type { EmulatorRequest, HttpAnswer } from './message';

/** One vendor's half of the emulator. */
export interface EmulatedCloud {
  readonly name: string;
  /** Whether the request is meant for this cloud. */
  recognises(request: EmulatorRequest): boolean;
  /** The operation it asks for; empty where it does not say. */
  operationOf(request: EmulatorRequest): string;
  /** Whether the fault makes sense for the operation; others do not count the call. */
  canSuffer(operation: string, fault: Fault): boolean;
  /** Verifies, executes and answers at the wall time `now`, under the faults that struck. */
  serve(request: EmulatorRequest, now: number, faults: readonly Fault[]): Served;
  /** Does what jobs have done by the wall time `now`. */
  settle(now: number): void;
}

export interface Served {
  answer: HttpAnswer;
  executed: boolean;
  accessKeyId?: string;
  requestId: string;
  code?: string;
  parameters: Record<string, string | number>;
}
