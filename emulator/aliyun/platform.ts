import type { EmulatorClock } from '../clock';
import type { Journal } from '../journal';
import type { Randomness } from '../randomness';
import type { Application } from './application';
import { Applications, type JobDurations } from './applications';
import type { AliyunAssumptions } from './assumptions';
import type { Device, DeviceStatus } from './device';
import { instanceNotFound, notExistedProduct } from './errors';
import type { RequestedDevice } from './names';
import { Product } from './product';

export interface ProductSeed {
  /** @default made up */
  productKey?: string;
  /** @default 'emulated' */
  productName?: string;
  /** @default 'secret' */
  authType?: 'secret' | 'x509';
  /** 0: device, 1: gateway. @default 0 */
  nodeType?: number;
  /** An instance with an id: it must then be sent with every call. @default none */
  instanceId?: string;
}

export interface DeviceSeed {
  productKey: string;
  deviceName: string;
  nickname?: string;
  /** Any other than UNACTIVE counts as having connected. @default 'UNACTIVE' */
  status?: DeviceStatus;
  /** Wall time in milliseconds. @default now */
  createdAt?: number;
}

/** The emulated account's products and devices; `applications` make more of them. */
export class Platform {
  readonly applications: Applications;
  private products = new Map<string, Product>();
  private devicesByIotId = new Map<string, Device>();
  private secrets: string[] = [];
  private lastSeq = 0;

  constructor(
    private readonly clock: EmulatorClock,
    private readonly random: Randomness,
    private readonly journal: Journal,
    durations: JobDurations,
    assumptions: AliyunAssumptions,
    readonly region: string,
    /** How far the cloud's clock is ahead: what it shows as the time of creation. */
    private readonly skewMs: () => number,
  ) {
    this.applications = new Applications(this, clock, durations, assumptions);
  }

  clear(): void {
    this.products.clear();
    this.devicesByIotId.clear();
    this.applications.clear();
    this.secrets = [];
  }

  addProduct(seed: ProductSeed): Product {
    const product = new Product(
      // 11 characters that begin with a1, in all of the vendor's samples.
      seed.productKey ?? `a1${this.random.text(9)}`,
      seed.productName ?? 'emulated',
      this.random.text(16),
      seed.authType ?? 'secret',
      seed.nodeType ?? 0,
      seed.instanceId,
      this.region,
      this.clock.now(),
    );
    this.products.set(product.productKey, product);
    return product;
  }

  listProducts(): Product[] {
    return [...this.products.values()];
  }

  /** The product, if it lives in the instance that the caller named (or in none, and the caller named none). */
  product(productKey: string, instanceId: string | undefined): Product {
    const instances = new Set(this.listProducts().map((product) => product.instanceId));
    if (instanceId !== undefined && !instances.has(instanceId)) throw instanceNotFound();
    const product = this.products.get(productKey);
    if (!product) throw notExistedProduct(productKey);
    if (product.instanceId !== instanceId) throw instanceNotFound();
    return product;
  }

  /** The product, whoever asks. */
  productByKey(productKey: string): Product | undefined {
    return this.products.get(productKey);
  }

  deviceByIotId(iotId: string): Device | undefined {
    return this.devicesByIotId.get(iotId);
  }

  seedDevice(seed: DeviceSeed): Device {
    const product = this.products.get(seed.productKey);
    if (!product) throw notExistedProduct(seed.productKey);
    const status = seed.status ?? 'UNACTIVE';
    const createdAt = seed.createdAt ?? this.clock.now();
    const device = this.create(product, seed, createdAt, 'seeded', {});
    device.status = status;
    if (status !== 'UNACTIVE') device.activatedAt = device.lastOnlineAt = createdAt;
    return device;
  }

  delete(device: Device, now: number, requestId?: string): void {
    device.deleted = true;
    this.products.get(device.productKey)?.remove(device);
    this.devicesByIotId.delete(device.iotId);
    this.record('deleted', device, now, { requestId });
  }

  /** What a device's first (or next) connection, or its end, does. */
  setOnline(device: Device, online: boolean): void {
    const now = this.clock.now();
    if (online) {
      device.activatedAt ??= now;
      device.lastOnlineAt = now;
    }
    device.status = online ? 'ONLINE' : 'OFFLINE';
    this.record(online ? 'connected' : 'disconnected', device, now, {});
  }

  /** Every device secret that was ever made, also of deleted devices: for tests that hunt for leaks. */
  issuedSecrets(): readonly string[] {
    return this.secrets;
  }

  /** Oldest first. */
  listApplications(): Application[] {
    return this.applications.list();
  }

  /** A name of the platform's own making. Its form is an assumption: the vendor documents none. */
  inventName(): string {
    return this.random.text(20);
  }

  /** Makes a device that nobody has asked whether it may be made. `createdAt` is wall time. */
  create(
    product: Product,
    requested: RequestedDevice,
    createdAt: number,
    event: 'created' | 'seeded',
    cause: { applyId?: number; requestId?: string },
  ): Device {
    const device: Device = {
      seq: ++this.lastSeq,
      productKey: product.productKey,
      deviceName: requested.deviceName,
      nickname: requested.nickname,
      iotId: `${this.random.text(20)}000100`,
      deviceId: this.random.text(20),
      // 32 letters and digits in all of the vendor's samples; an X.509 device has none.
      deviceSecret: product.authType === 'x509' ? '' : this.random.text(32),
      status: 'UNACTIVE',
      createdAt: createdAt + this.skewMs(),
      applyId: cause.applyId,
    };
    product.add(device);
    this.devicesByIotId.set(device.iotId, device);
    if (device.deviceSecret) this.secrets.push(device.deviceSecret);
    this.record(event, device, createdAt, cause);
    return device;
  }

  private record(
    event: 'created' | 'seeded' | 'connected' | 'disconnected' | 'deleted',
    device: Device,
    time: number,
    cause: { applyId?: number; requestId?: string },
  ): void {
    this.journal.recordDevice({
      time,
      cloud: 'aliyun',
      event,
      productKey: device.productKey,
      deviceName: device.deviceName,
      identity: device.iotId,
      jobId: cause.applyId === undefined ? undefined : String(cause.applyId),
      requestId: cause.requestId,
    });
  }
}
