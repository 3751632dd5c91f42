import { createUrn, dynamic, mergeOptions, type CustomResourceOptions, type Output } from '@pulumi/pulumi';
import type { DeviceBatchArgs } from './device-batch-args';
import { thinProvider } from './thin-provider';

/**
 * Devices of one product on an IoT cloud, owned by the stack: `up` succeeds when every one of them exists, and fails, taking back
 * what it created, when one does not.
 *
 * Every mistake that can be seen without the cloud is an error at preview.
 */
export class DeviceBatch extends dynamic.Resource {
  /** The names, in the order asked for. */
  declare public readonly deviceNames: Output<string[]>;

  /** How many devices the batch has. */
  declare public readonly deviceCount: Output<number>;

  /** The batch's id, which stays the same for as long as the batch exists. */
  declare public readonly batchId: Output<string>;

  /** The ids of the cloud's jobs that created the devices. */
  declare public readonly jobIds: Output<string[]>;

  /** A JSON document with the name and the cloud's id of every device, without secrets. */
  declare public readonly manifest: Output<string>;

  /**
   * The secrets of the devices, where `deviceCredentials` puts them here: a JSON object with a member for each device, by its name,
   * which holds `id` and the vendor's own members, such as `DeviceSecret`. It is a secret; else it is `{}`.
   */
  declare public readonly deviceSecrets: Output<string>;

  /**
   * @param name unique among the resources of its kind in the stack. Renaming a batch without an alias moves its devices to a batch
   * of another id, and makes other ones of those that are `generated`.
   */
  constructor(name: string, args: DeviceBatchArgs, options: CustomResourceOptions = {}) {
    const outputs = {
      deviceNames: undefined,
      deviceCount: undefined,
      batchId: undefined,
      jobIds: undefined,
      manifest: undefined,
      deviceSecrets: undefined,
      record: undefined,
    };
    // The provider is told neither of the two.
    const told = { resourceUrn: createUrn(name, TYPE_TOKEN, options.parent), customTimeouts: options.customTimeouts };
    super(
      thinProvider,
      name,
      { ...outputs, ...args, ...told },
      mergeOptions(options, { additionalSecretOutputs: ['deviceSecrets'] }),
      MODULE,
      TYPE,
    );
  }
}

const MODULE = 'iot-device-batch';
const TYPE = 'DeviceBatch';

/** It is in every state: another one would need aliases. */
const TYPE_TOKEN = `pulumi-nodejs:dynamic/${MODULE}:${TYPE}`;
