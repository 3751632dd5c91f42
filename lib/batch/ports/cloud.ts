import type { CloudLimits } from '../contract/limits';
import { BatchError } from '../errors';

/**
 * What the engine asks of an IoT cloud. One connection serves one invocation: it is made with credentials, a clock and a
 * moment after which no request may still run, and is closed at the end.
 *
 * Every method may throw a `CloudError`, and nothing else. Reads retry by themselves; what cannot be repeated safely is
 * never repeated here: the engine observes and decides.
 */
export interface Cloud {
  readonly limits: CloudLimits;
  readonly traits: CloudTraits;

  /** Reads the product; throws where it does not exist or cannot take a batch. `devices`: how many it holds, if known. */
  inspect(): Promise<{ devices?: number }>;
  /** Proves that the credentials may delete: deletes a name that nobody has, which must answer "does not exist". */
  proveDeletable(reservedName: string): Promise<void>;

  /** Submits the names for checking, where the cloud has such a step; creates nothing. Repeating it is harmless. */
  open(names: readonly string[]): Promise<JobOpening>;
  /** Starts the creation. Not to be repeated while the first may still arrive. Success means submitted, no more. */
  commit(names: readonly string[], jobId: string | undefined): Promise<{ jobId: string }>;
  /**
   * Starts the creation of `count` devices whose names the cloud invents. `ticket` makes the request byte-identical when it
   * is sent again: 'arrived' then means that the first one was executed and its job id is lost. A refusal tells of this copy
   * only, nothing of an earlier one; `outcomeUnknown` also where a copy would not be the same request any more. Absent where
   * the cloud does not invent names.
   */
  commitCount?(count: number, ticket: RequestTicket): Promise<{ jobId: string } | 'arrived'>;
  /**
   * A ticket for `commitCount`, bound to the present keys: to the cloud, a copy signed by others may be another request.
   * Makes sure before that the cloud takes these keys and this clock.
   */
  issueTicket?(): Promise<RequestTicket>;
  /** What has become of a job. `names` is empty where nobody here knows them. */
  observe(names: readonly string[], jobId: string): Promise<JobState>;
  /** One page of a finished job's devices. `cursor` undefined: the first page. */
  collect(jobId: string, cursor: string | undefined): Promise<CollectedPage>;

  /** Which of the names exist, in no certain order; names that do not exist are left out. */
  lookUp(names: readonly string[], seen?: (done: number) => void): Promise<FoundDevice[]>;
  /**
   * As `lookUp`, for devices that are to be deleted next, and for nothing else: what it tells may be a minute old, where no
   * cloud could be asked so often. `left`: how many are still to be deleted, with these. Absent where `lookUp` does as well and
   * `delete` needs no look before.
   */
  lookUpToDelete?(names: readonly string[], left: number): Promise<FoundDevice[]>;
  /** What is known of a device by its identity, or undefined if it does not exist. */
  identify?(identity: string): Promise<FoundDevice | undefined>;
  /** The product's devices that were created in a window (milliseconds since 1970), to be named in an error. */
  createdSince?(since: number, until: number): Promise<FoundDevice[]>;
  /** The secrets of devices that exist, as far as the cloud tells them again. Absent where it never does. */
  readCredentials?(devices: readonly { name: string; identity: string }[]): Promise<CollectedDevice[]>;
  /** Deletes one device by its identity; one that is gone already counts as success. Irreversible. */
  delete(device: { name: string; identity: string }): Promise<'deleted' | 'gone'>;

  /** Ends the connection; no socket or promise outlives it. */
  close(): Promise<void>;
}

/** What tells a repeated request from another one (Alibaba: the nonce is refused the second time, for 15 minutes). */
export interface RequestTicket {
  nonce: string;
  /** Milliseconds since 1970. */
  at: number;
}

export interface CloudTraits {
  /** Where a job's id is born: Alibaba's application at `open`, Tencent's task at `commit`. */
  jobIdBornAt: 'open' | 'commit';
  /** Devices are known by their names alone, so that nobody can tell one from a later one of its name. */
  knowsNamesOnly?: true;
  /** Devices that one page of `collect` holds. */
  pageSize: number;
  /** How many names may usefully be looked up at once; a thousand where it does not say. */
  lookUpPart?: number;
  /** How many calls of one kind may usefully run side by side. */
  concurrency: number;
}

/** `rejected`: the cloud said no at once. A cloud without a checking step answers neither. */
export interface JobOpening {
  jobId?: string;
  rejected?: DeviceFailure[];
}

export type JobState =
  /** The cloud does not know this job (never submitted, or expired). */
  | { state: 'absent' }
  /** The names are being checked. */
  | { state: 'checking' }
  /**
   * At least one name was refused. `passed`: names that were fine. `existing`: those of them that were looked up and exist
   * all the same; nothing else of the job was created.
   */
  | { state: 'rejected'; failures: DeviceFailure[]; passed: string[]; existing?: string[] }
  /** Every name was accepted; creation has not been asked for, or has not begun. */
  | { state: 'checked' }
  | { state: 'running' }
  /**
   * Over. `created` undefined means all of the job's names. A name that the cloud lists neither as created nor as failed is
   * in none of the two: it counts as failed, and as created only if the job lists it all the same.
   */
  | { state: 'settled'; created?: string[]; failures: DeviceFailure[] }
  /** The cloud said something that nobody has documented. Never taken for success. */
  | { state: 'unknown'; raw: string };

/** Why a device could not be registered. `code` is the cloud's, where it gives one. */
export type DeviceFailure = {
  name: string;
  code?: string;
  reason: string;
};

export interface CollectedDevice {
  name: string;
  /** What identifies the device at the cloud (Alibaba: its IotId), so that a later device of the same name is not taken for it. */
  identity: string;
  /** The device's secrets under the vendor's own field names. Never logged, never put into a record. */
  credentials: Record<string, string>;
  /** What the answer should have had of its secrets, and had not: the vendor's name of it. */
  lacks?: string;
}

export interface CollectedPage {
  devices: CollectedDevice[];
  /** How many devices the job has in all, as the cloud says. */
  total: number;
  /** Undefined on the last page. */
  next?: string;
  /** Of the first page, where pages may be read in any order: the cursors of all others. */
  others?: string[];
}

export interface FoundDevice {
  name: string;
  identity: string;
  /** Undefined where the cloud does not tell. */
  everConnected?: boolean;
  /** Milliseconds since 1970 by this machine's clock; undefined where the cloud does not tell. */
  createdAt?: number;
}

/** What the caller may make of a failed call. */
export type CloudErrorKind =
  /** Not executed, or a read: the same call may be made again later. */
  | 'transient'
  /** Refused for its rate; not executed. */
  | 'throttled'
  /** The answer was lost: it may have been executed. Observe before anything else. */
  | 'outcomeUnknown'
  /** The keys are wrong, expired or not permitted to do this. */
  | 'credentials'
  /** Trying again cannot help. */
  | 'permanent';

/** The `vendorCode` of a call that was not made because its connection's time is over. */
export const OUT_OF_TIME = 'DeadlineReached';

/** A call to a cloud that failed, with everything its support will ask for. */
export class CloudError extends BatchError {
  constructor(
    readonly kind: CloudErrorKind,
    /** The vendor's code (`Throttling.User`), or one of ours for transport (`ConnectTimeout`). */
    readonly vendorCode: string,
    message: string,
    readonly details: {
      operation: string;
      requestId?: string;
      httpStatus?: number;
      retryAfterMs?: number;
      /** What the cloud says does not exist: on the way down it counts as gone. */
      missing?: 'product' | 'job';
    } = { operation: 'unknown' },
  ) {
    super('CloudCallFailed', message);
  }

  /** Whether the same call may be made again as it is without doing anything twice. */
  get retrySafe(): boolean {
    return this.kind === 'transient' || this.kind === 'throttled';
  }
}
