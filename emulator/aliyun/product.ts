import type { AliyunAssumptions } from './assumptions';
import type { Device } from './device';
import { BusinessError } from './errors';

export type AuthType = 'secret' | 'x509';

/** What a product is, apart from its devices. */
export interface ProductTraits {
  productKey: string;
  productName: string;
  productSecret: string;
  authType: AuthType;
  /** 0: device, 1: gateway. */
  nodeType: number;
  /** Undefined: the product lives in a public instance without an id. */
  instanceId: string | undefined;
  createdAt: number;
  /** The rest is kept as it was given, and told again. */
  description: string;
  aliyunCommodityCode: string;
  dataFormat: number;
  netType: string;
  protocolType: string;
  categoryKey: string;
}

/** A product and its devices. */
export class Product {
  readonly devices = new Map<string, Device>();
  readonly productKey: string;
  readonly productName: string;
  readonly authType: AuthType;
  readonly nodeType: number;
  readonly instanceId: string | undefined;
  private newestFirst: Device[] | undefined;
  /** How many devices have this name, case aside. */
  private readonly inLowerCase = new Map<string, number>();

  constructor(readonly traits: Readonly<ProductTraits>) {
    this.productKey = traits.productKey;
    this.productName = traits.productName;
    this.authType = traits.authType;
    this.nodeType = traits.nodeType;
    this.instanceId = traits.instanceId;
  }

  add(device: Device): void {
    this.devices.set(device.deviceName, device);
    this.count(device.deviceName, 1);
    this.newestFirst = undefined;
  }

  remove(device: Device): void {
    this.devices.delete(device.deviceName);
    this.count(device.deviceName, -1);
    this.newestFirst = undefined;
  }

  /** Whether a new device may not have this name. */
  isTaken(deviceName: string, { deviceNameCase }: Pick<AliyunAssumptions, 'deviceNameCase'>): boolean {
    return deviceNameCase === 'ignored' ? this.inLowerCase.has(deviceName.toLowerCase()) : this.devices.has(deviceName);
  }

  private count(deviceName: string, change: number): void {
    const name = deviceName.toLowerCase();
    const count = (this.inLowerCase.get(name) ?? 0) + change;
    if (count > 0) this.inLowerCase.set(name, count);
    else this.inLowerCase.delete(name);
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

/** X.509 exists in cn-shanghai only (help.aliyun.com 69482, 69483). */
export function requireCertificateRegion(authType: AuthType, region: string): void {
  if (authType === 'x509' && region !== 'cn-shanghai') {
    throw new BusinessError('iot.device.RegionNotSupportX509', `X.509 is not supported in ${region}.`);
  }
}
