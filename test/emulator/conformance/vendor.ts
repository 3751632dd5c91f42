import type { FaultKind, IotEmulator, RunningEmulator } from '../../../emulator';

/** Parameters by the vendor's own names; lists and objects as the SDKs take them. */
export type Wire = Record<string, unknown>;

export interface Case<Stage, Keys> {
  operation: string;
  /** What the case shows; begins with "good" or names what is wrong. */
  what: string;
  parameters: (stage: Stage) => Wire;
  /** Done before the call. */
  prepare?: (stage: Stage) => unknown;
  /** Other keys than the account's first. */
  keys?: (stage: Stage) => Keys;
  expected: Wire | { gateway: string; status: number } | { service: string; body?: Wire };
}

/** What an SDK made of an answer, in the terms of the wire. */
export interface Outcome {
  /** The body of a success. */
  body?: Wire;
  /** The code of a failure, from wherever the SDK puts it. */
  code?: string;
  /** Whether the service (an envelope) or the gateway (before it) refused. */
  by?: 'service' | 'gateway';
  /** HTTP status of a failure, where the SDK tells. */
  status?: number;
  /** What was said of a failure. */
  message?: string;
}

export interface Sdk<Keys> {
  name: string;
  call(url: string, keys: Keys, operation: string, parameters: Wire): Promise<Outcome>;
}

/** One of the vendors' APIs: its SDKs, and what they are to be asked. */
export interface Vendor<Stage, Keys> {
  name: string;
  sdks: readonly Sdk<Keys>[];
  cases: readonly Case<Stage, Keys>[];
  /** Every operation that the emulator has of it. */
  operations: readonly string[];
  /** The emulator just reset, with what cases find there. */
  stage: (emulator: IotEmulator) => Stage;
  /** The account's first key. */
  keys: (running: RunningEmulator) => Keys;
  /** What every success, and every failure of the service, has around it. */
  envelope: { success: Wire; failure: Wire };
  /** Faults that its SDKs notice only when their own time is up. */
  unnoticed: readonly FaultKind[];
  /** The call to which everything happens that has nothing to do with what is asked. */
  simplest: Pick<Case<Stage, Keys>, 'operation' | 'parameters'>;
}

export function isGood<Stage, Keys>({ expected }: Case<Stage, Keys>): boolean {
  return !('gateway' in expected || 'service' in expected);
}
