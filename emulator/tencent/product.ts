import type { TencentAssumptions } from './assumptions';
import type { TencentDevice } from './device';

/** How the devices of a product prove themselves: EncryptionType 1 or 2. */
export type Encryption = 'certificate' | 'psk';

/** What a product is, apart from its devices. */
export interface TencentProductTraits {
  productId: string;
  productName: string;
  encryption: Encryption;
  createdAt: number;
  /** The rest is kept as it was given, and told again. */
  description: string;
  productType: number;
  format: string;
}

/** A product and its devices. */
export class TencentProduct {
  readonly devices = new Map<string, TencentDevice>();
  /** How many devices have this name, case aside. */
  private readonly inLowerCase = new Map<string, number>();
  private listed: { newestFirst: boolean; devices: readonly TencentDevice[] } | undefined;

  constructor(readonly traits: Readonly<TencentProductTraits>) {}

  get productId(): string {
    return this.traits.productId;
  }

  get encryption(): Encryption {
    return this.traits.encryption;
  }

  add(device: TencentDevice): void {
    this.devices.set(device.deviceName, device);
    this.count(device.deviceName, 1);
  }

  remove(device: TencentDevice): void {
    this.devices.delete(device.deviceName);
    this.count(device.deviceName, -1);
  }

  /** Whether a new device may not have this name. */
  isTaken(deviceName: string, { deviceNameCase }: Pick<TencentAssumptions, 'deviceNameCase'>): boolean {
    return deviceNameCase === 'ignored' ? this.inLowerCase.has(deviceName.toLowerCase()) : this.devices.has(deviceName);
  }

  list({ orderOfListing }: Pick<TencentAssumptions, 'orderOfListing'>): readonly TencentDevice[] {
    const newestFirst = orderOfListing === 'newestFirst';
    if (this.listed?.newestFirst !== newestFirst) {
      // A map keeps the order of insertion, and devices are inserted as they are created.
      const oldestFirst = [...this.devices.values()];
      this.listed = { newestFirst, devices: newestFirst ? oldestFirst.reverse() : oldestFirst };
    }
    return this.listed.devices;
  }

  private count(deviceName: string, change: number): void {
    this.listed = undefined;
    const name = deviceName.toLowerCase();
    const count = (this.inLowerCase.get(name) ?? 0) + change;
    if (count > 0) this.inLowerCase.set(name, count);
    else this.inLowerCase.delete(name);
  }
}
