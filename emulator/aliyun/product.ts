import type { Device } from './device';

/** A product and its devices. */
export class Product {
  readonly devices = new Map<string, Device>();
  private newestFirst: Device[] | undefined;

  constructor(
    readonly productKey: string,
    readonly productName: string,
    readonly productSecret: string,
    readonly authType: 'secret' | 'x509',
    readonly nodeType: number,
    /** Undefined: the product lives in a public instance without an id. */
    readonly instanceId: string | undefined,
    readonly region: string,
    readonly createdAt: number,
  ) {}

  add(device: Device): void {
    this.devices.set(device.deviceName, device);
    this.newestFirst = undefined;
  }

  remove(device: Device): void {
    this.devices.delete(device.deviceName);
    this.newestFirst = undefined;
  }

  /** help.aliyun.com 69905: devices are listed in the reverse order of creation. */
  byNewest(): readonly Device[] {
    // A map keeps the order of insertion, and devices are inserted as they are created.
    return (this.newestFirst ??= [...this.devices.values()].reverse());
  }
}

/** How many devices one batch may have: 10,000, of an X.509 product 1,000 (help.aliyun.com 69482). */
export function namesPerCall(product: Product): number {
  return product.authType === 'x509' ? 1_000 : 10_000;
}
