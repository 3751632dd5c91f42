import type { BatchOptions } from '../batch/contract/options';

/** What happens to the secrets that the cloud makes for each device. */
export class DeviceCredentials {
  /**
   * Kept encrypted in the provider's bucket below `credentials/<batchId>/`, for as long as the devices are in the batch.
   * Only the handler, and whom `grantReadCredentials` names, may read them.
   */
  public static store(): DeviceCredentials {
    return new DeviceCredentials('store');
  }

  /** Kept nowhere: each device, or whoever provisions it, asks the cloud. */
  public static none(): DeviceCredentials {
    return new DeviceCredentials('none');
  }

  /** @internal */
  public readonly _place: BatchOptions['deviceCredentials'];

  private constructor(place: BatchOptions['deviceCredentials']) {
    this._place = place;
  }
}
