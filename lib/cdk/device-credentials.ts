import type { IKey } from 'aws-cdk-lib/aws-kms';

/** How secrets of devices are kept in AWS Secrets Manager. */
export interface DeviceSecretsProps {
  /**
   * The KMS key of the secrets, of the stack's region. Another one is another place: the secrets move there with the next deployment.
   * @default - the key that AWS has for Secrets Manager in the account
   */
  readonly encryptionKey?: IKey;
}

/**
 * What happens to the secrets that the cloud makes for each device. Where it changes, secrets are moved, and no device is
 * touched.
 */
export class DeviceCredentials {
  /**
   * Kept encrypted in the provider's bucket below `credentials/<batchId>/`, for as long as the devices are in the batch.
   * Only the handler, and whom `grantReadCredentials` names, may read them.
   */
  public static store(): DeviceCredentials {
    return new DeviceCredentials('store');
  }

  /**
   * Kept in AWS Secrets Manager, one secret for each device, for as long as the devices are in the batch; then deleted for good,
   * without the days in which a secret could be restored. For batches of at most ten devices, as each secret is billed.
   * `DeviceBatch.deviceSecretName` tells the names. Only the handler, and whom `grantReadCredentials` names, may read them.
   */
  public static secretsManager(props: DeviceSecretsProps = {}): DeviceCredentials {
    return new DeviceCredentials('secretsManager', props.encryptionKey);
  }

  /** Kept nowhere: each device, or whoever provisions it, asks the cloud. */
  public static none(): DeviceCredentials {
    return new DeviceCredentials('none');
  }

  private constructor(
    /** @internal */
    public readonly _place: 'store' | 'none' | 'secretsManager',
    /** @internal */
    public readonly _encryptionKey?: IKey,
  ) {}
}
