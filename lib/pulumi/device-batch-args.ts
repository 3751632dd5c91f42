import type { Input } from '@pulumi/pulumi';
import type { AliyunSignature, TencentApiVersion } from '../batch/contract/cloud-reference';
import type { DeviceFileFormat } from '../batch/contract/device-file';

/** What a batch is made of. */
export interface DeviceBatchArgs {
  /**
   * The product that the devices belong to. Another one replaces the batch. The keys to get there are in the vendor's own environment
   * variables, else in the stack's configuration (`iot-device-batch:accessKeyId` and so on).
   */
  cloud: Input<CloudArgs>;

  /** Which devices. A changed set registers what is new first, and then deletes what has left. */
  devices: Input<DevicesArgs>;

  /**
   * What happens where devices of these names exist already and belong to no batch of the stack: `fail`, or they join the batch
   * (`adopt`, for all names or for those listed). It counts when the names join the batch.
   * @default 'fail'
   */
  onExisting?: Input<'fail' | 'adopt' | { adopt: Input<Input<string>[]> }>;

  /**
   * Whether a device that has ever connected may be deleted when it leaves the batch or the stack. A device that is deleted is
   * locked out for good; without this, the operation fails before it deletes or creates anything.
   * @default false
   */
  deleteActivated?: Input<boolean>;

  /**
   * What happens to the devices that a change created before it failed: deleted, or kept and owned until a later change succeeds.
   * @default 'rollBack'
   */
  onPartialFailure?: Input<'rollBack' | 'keep'>;

  /**
   * What happens to devices that leave the batch, or the stack with it: deleted, or released, that is, they stay at the cloud, and
   * batches of the stack may list them again.
   * @default 'destroy'
   */
  removalPolicy?: Input<'destroy' | 'retain'>;

  /**
   * How long one operation may take in all, in seconds or as `45s`, `20m`, `1h30m`; at most a day. What is left when it ends is
   * rolled back. `customTimeouts` of the resource's options counts before it.
   * @default - a quarter of an hour, more for large batches
   */
  timeout?: Input<number | string>;

  /**
   * Where the secrets of the devices are put: into the output `deviceSecrets`, which the state keeps encrypted; into a file that only
   * its owner may read; into an object in S3 (`s3://bucket/key`); or nowhere. The state takes 4 MiB of them.
   * @default 'state'
   */
  deviceCredentials?: Input<'state' | 'none' | { file: Input<string> } | { s3: Input<string> }>;

  /**
   * Where it is recorded what an operation has done so far, which is needed where one was cut off: a folder, which makes itself
   * unknown to git, or an address in S3 (`s3://bucket/path`, with a query as Pulumi's own state there takes it).
   * @default - `.iot-device-batch/<stack>`, beside the program
   */
  journal?: Input<string>;
}

/** Exactly one member. */
export type CloudArgs =
  { aliyun: Input<AliyunCloudArgs>; tencent?: undefined } | { tencent: Input<TencentCloudArgs>; aliyun?: undefined };

/** A product of Alibaba Cloud IoT Platform. */
export interface AliyunCloudArgs {
  /** E.g. `cn-shanghai`. */
  region: Input<string>;
  /** The product's key, e.g. `a1BwAGV0001`. */
  productKey: Input<string>;
  /** The instance's id, e.g. `iot-060a02fl`, where its overview page shows one. @default - the public instance */
  instanceId?: Input<string>;
  /** Another host to call: a private endpoint or an emulator. Plain `http` only when written so. @default - the region's */
  endpoint?: Input<string>;
  /** How calls are signed. @default 'ACS3-HMAC-SHA256' */
  signature?: Input<AliyunSignature>;
}

/** A product of Tencent Cloud IoT Hub. */
export interface TencentCloudArgs {
  /** The product's id, e.g. `ABCDE12345`. */
  productId: Input<string>;
  /** The region that calls name. @default 'ap-guangzhou' */
  region?: Input<string>;
  /** By which version of the API the product is reached. Changing it changes no device. @default '3.0' */
  apiVersion?: Input<TencentApiVersion>;
  /** Another host to call: a regional endpoint or an emulator. Plain `http` only when written so. @default - the public one */
  endpoint?: Input<string>;
}

/** Exactly one member. */
export type DevicesArgs =
  /** Exactly these names, in this order. */
  | { named: Input<Input<string>[]> }
  /** The prefix and a running number, filled up to `pad` digits (3): `light-001` and so on. */
  | {
      sequence: Input<{ prefix: Input<string>; count: Input<number>; start?: Input<number>; pad?: Input<number> }>;
    }
  /** So many names that are derived from the batch's identity: the prefix and 13 characters. */
  | { generated: Input<{ count: Input<number>; prefix?: Input<string> }> }
  /** The names in a text, CSV or JSON file, from the program's folder on. */
  | { fromFile: Input<string | { path: Input<string>; format?: Input<DeviceFileFormat>; column?: Input<string> }> }
  /** So many devices whose names the cloud invents (Alibaba only). Prefer `generated`. */
  | { assignedByCloud: Input<number> }
  /** The devices of a job that was submitted elsewhere: waited for and listed, never owned. */
  | { fromJob: Input<string> };
