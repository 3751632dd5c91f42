import type { Fault, IotEmulator } from '../../../emulator';
import type { CloudReference } from '../../../lib/batch/contract';
import type { Cloud, CloudError } from '../../../lib/batch/ports/cloud';
import type { CloudEnvironment } from '../../../lib/clouds/environment';
import type { Failure, Repeatability } from '../../../lib/clouds/http/failure';
import type { DirectClient } from '../world/direct-client';

/** What an operation is for: faults are aimed at that, whatever a cloud calls its operations. */
export type Role = 'check' | 'register' | 'status' | 'collect' | 'look' | 'delete' | 'inspect';

/** A call as it reaches the cloud: what an HTTP request says once its signature is verified. */
export interface DirectCall {
  operation: string;
  parameters: Record<string, string | number | undefined>;
  lists: Record<string, readonly string[]>;
  /** Where the call may be sent again as the very same; else it has one of its own. */
  nonce?: string;
  requestId: string;
}

/** How a cloud says no, its code as a client reads it. */
export interface Refusal {
  code: string;
  message: string;
  status: number;
}

export type DirectAnswer = { payload: Record<string, unknown> } | { refused: Refusal };

/** One API of one cloud, from both sides. */
export interface SimulatedApi {
  roles: Readonly<Record<string, Role>>;
  /** How it says what faults have it say. */
  refusals: Readonly<Record<'refused' | 'forbidden' | 'unavailable' | 'throttled', Refusal>>;
  /** Calls of an operation a second that are documented, or by default made. */
  rateOf(operation: string): number;
  /**
   * The emulator behind its gateway: the same operations with its rates, without signatures, HTTP and JSON, which take most of
   * a call's time.
   */
  serve(emulator: IotEmulator, call: DirectCall, faults: readonly Fault[]): DirectAnswer;
  /** What the real client makes of a refusal. */
  judge(refusal: Refusal): Failure;
  error(operation: Repeatability, failure: Failure): CloudError;
  /** The real adapter, on what stands in for its client. */
  connect(client: DirectClient, reference: CloudReference, environment: CloudEnvironment): Cloud;
  clockSkewMs(emulator: IotEmulator): number;
}

/** A product that lives are led on, by one of its cloud's APIs. */
export interface SimulatedProduct {
  /** The cloud's id of it, by whichever API. */
  id: string;
  inWords: string;
  api: SimulatedApi;
  reference: CloudReference;
  /** Whether it makes up names. */
  assignsNames: boolean;
  /** Whether a device can be told from another one of its name, and whether it has ever connected. */
  tellsDevices: boolean;
  /** Whether it tells the secrets of any device, whoever has registered it. */
  tellsSecrets: boolean;
  /** Whether it tells what a job has made although the answer to the call that began it was lost. */
  tellsLostJobs: boolean;
  create(emulator: IotEmulator): void;
  devices(emulator: IotEmulator): LivingDevice[];
  /** A stranger registers a device. */
  register(emulator: IotEmulator, name: string): void;
  /** The device connects. */
  wake(emulator: IotEmulator, name: string): void;
  /** Somebody deletes it by hand. */
  remove(emulator: IotEmulator, name: string): void;
  /** Under the vendor's names, of a device that exists. */
  secretsOf(emulator: IotEmulator, identity: string): Record<string, string> | undefined;
  /** Whether whoever got the answer to such a call knows of the device that it exists, and whether it has connected. */
  looksAt(call: { operation: string; names: readonly string[] }, name: string): boolean;
}

export interface LivingDevice {
  product: string;
  name: string;
  identity: string;
  everConnected: boolean;
}
