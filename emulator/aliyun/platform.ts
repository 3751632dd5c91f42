import type { EmulatorClock } from '../clock';
import type { Journal } from '../journal';
import type { Randomness } from '../randomness';
import type { Application } from './application';
import { Applications, type JobDurations } from './applications';
import type { AliyunAssumptions } from './assumptions';
import { CertificateShelf } from './certificate-shelf';
import type { Device, DeviceStatus } from './device';
import { notExistedProduct } from './errors';
import type { RequestedDevice } from './names';
import type { Product } from './product';
import { Products } from './products';
import type { Quotas } from './quotas';

export interface DeviceSeed {
  productKey: string;
  deviceName: string;
  nickname?: string;
  /** Any other than UNACTIVE counts as having connected. @default 'UNACTIVE' */
  status?: DeviceStatus;
  /** Wall time in milliseconds. @default now */
  createdAt?: number;
}

/** Its members may be changed at any time, so they are never copied. */
export interface PlatformSettings {
  region: string;
  durations: JobDurations;
  assumptions: AliyunAssumptions;
  quotas: Quotas;
}

/** The emulated account's products and devices; `applications` make more of them. */
export class Platform {
  readonly applications: Applications;
  readonly products: Products;
  private devicesByIotId = new Map<string, Device>();
  readonly certificates: CertificateShelf;
  private secrets: string[] = [];
  private lastSeq = 0;

  constructor(
    private readonly clock: EmulatorClock,
    private readonly random: Randomness,
    private readonly journal: Journal,
    private readonly settings: Readonly<PlatformSettings>,
    /** How far the cloud's clock is ahead: what it shows as the time of creation. */
    private readonly skewMs: () => number,
  ) {
    this.products = new Products(random, settings.assumptions, settings.quotas, () => clock.now() + skewMs());
    this.applications = new Applications(this, clock, settings.durations, settings.assumptions);
    this.certificates = new CertificateShelf(random, clock);
  }

  get region(): string {
    return this.settings.region;
  }

  clear(): void {
    this.products.clear();
    this.devicesByIotId.clear();
    this.certificates.clear();
    this.applications.clear();
    this.secrets = [];
  }

  /** Removes the product and, where it has any, its devices. */
  deleteProduct(product: Product, now: number, requestId: string): void {
    product.byNewest().forEach((device) => this.delete(device, now, requestId));
    this.products.remove(product);
  }

  deviceByIotId(iotId: string): Device | undefined {
    return this.devicesByIotId.get(iotId);
  }

  seedDevice(seed: DeviceSeed): Device {
    const product = this.products.byKey(seed.productKey);
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
    this.products.byKey(device.productKey)?.remove(device);
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

  /** Every device secret, private key and link to keys that was ever made: for tests that hunt for leaks. */
  issuedSecrets(): readonly string[] {
    return [...this.secrets, ...this.certificates.secrets()];
  }

  /** Oldest first. */
  listApplications(): Application[] {
    return this.applications.list();
  }

  /** A name of the platform's own making. Its form is an assumption: the vendor documents none. */
  inventName(): string {
    return this.random.text(20);
  }

  /** Makes one device, in one call. The certificate of an X.509 device takes a time of its own. */
  registerOne(product: Product, requested: RequestedDevice, now: number, requestId: string): Device {
    const device = this.create(product, requested, now, 'created', { requestId });
    device.certificateReadyAt = this.clock.workAt(now) + this.settings.durations.certificateMs;
    return device;
  }

  /** Makes a device that nobody has asked whether it may be made. `createdAt` is wall time. */
  create(
    product: Product,
    requested: RequestedDevice,
    createdAt: number,
    event: 'created' | 'seeded',
    cause: { applyId?: string; requestId?: string },
  ): Device {
    const device: Device = {
      seq: ++this.lastSeq,
      productKey: product.productKey,
      deviceName: requested.deviceName,
      nickname: requested.nickname,
      iotId: `${this.random.text(20)}000100`,
      deviceId: this.random.text(20),
      // 32 letters and digits in all of the vendor's samples; an X.509 device has none.
      deviceSecret: product.authType === 'x509' ? '' : (requested.deviceSecret ?? this.random.text(32)),
      sn: requested.sn,
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
    cause: { applyId?: string; requestId?: string },
  ): void {
    this.journal.recordDevice({
      time,
      cloud: 'aliyun',
      event,
      productKey: device.productKey,
      deviceName: device.deviceName,
      identity: device.iotId,
      jobId: cause.applyId,
      requestId: cause.requestId,
    });
  }
}
