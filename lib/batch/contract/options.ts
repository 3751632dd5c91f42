import type { CloudReference } from './cloud-reference';
import type { DeviceSelection } from './device-names';
import type { DeviceCredentialsOption } from './device-secrets';

/** The version of the options as they travel. A newer major is refused, unknown members are let through. */
export const OPTIONS_VERSION = 1;

/** Devices that exist make the change fail, or join the batch: all of them, or those of certain names. */
export type OnExistingOption = 'fail' | 'adopt' | { adopt: readonly string[] };

/**
 * The options of a batch as they travel, after parsing: from the construct to the handler as CloudFormation
 * properties, in the Pulumi twin as inputs.
 */
export interface BatchOptions {
  version: typeof OPTIONS_VERSION;
  cloud: CloudReference;
  devices: DeviceSelection;
  /** What happens where devices of these names exist that are not the store's own. */
  onExisting: OnExistingOption;
  /** Whether devices that have ever connected may be deleted when they leave the batch. */
  deleteActivated: boolean;
  /** What happens to the devices that a change created before it failed; a Create always takes them back. */
  onPartialFailure: 'rollBack' | 'keep';
  /** What happens to devices that leave the batch: deleted, or released (left where they are, and remembered). */
  removalPolicy: 'destroy' | 'retain';
  /** Where the secrets of the devices are kept. */
  deviceCredentials: DeviceCredentialsOption;
  /** Seconds that one operation may take in all. */
  timeoutSeconds: number;
  /** CDK only: names that only the cloud knows are used, so that they must fit into the response. */
  namesInResponse?: boolean;
  /** CDK only: the secret with the cloud's keys, as JSON under the vendor's own member names. */
  secretArn?: string;
}
