import { CertificateAuthority } from '../certificates';
import type { EmulatorClock } from '../clock';
import type { Journal, JournalDeviceEvent } from '../journal';
import type { Randomness } from '../randomness';
import type { TencentAssumptions } from './assumptions';
import { type Credential, identityOf, type TencentDevice } from './device';
import { productNotExist } from './errors';
import { type Encryption, TencentProduct } from './product';
import type { TencentQuotas } from './quotas';
import { type TaskDurations, Tasks } from './tasks';

export interface TencentProductSeed {
  /** @default made up */
  productId?: string;
  /** @default 'emulated' */
  productName?: string;
  /** @default 'certificate', as the vendor's */
  encryption?: Encryption;
  /** What CreateProduct keeps and tells again. */
  description?: string;
  productType?: number;
  format?: string;
}

export interface TencentDeviceSeed {
  productId: string;
  deviceName: string;
  /** @default 'never' */
  connected?: 'never' | 'online' | 'offline';
  /** Wall time in milliseconds. @default now */
  createdAt?: number;
}

/** Its members may be changed at any time, so they are never copied. */
export interface HubSettings {
  durations: TaskDurations;
  assumptions: TencentAssumptions;
  quotas: TencentQuotas;
}

/** What a device was made by. */
interface Cause {
  taskId?: string;
  requestId?: string;
}

/** The emulated account's products and devices; `tasks` make more of them. */
export class Hub {
  readonly tasks: Tasks;
  private readonly products = new Map<string, TencentProduct>();
  private readonly authority: CertificateAuthority;
  private secrets = new Set<string>();

  constructor(
    private readonly clock: EmulatorClock,
    private readonly random: Randomness,
    private readonly journal: Journal,
    private readonly settings: Readonly<HubSettings>,
    /** How far the cloud's clock is ahead: what it shows as the time of creation. */
    private readonly skewMs: () => number,
  ) {
    this.tasks = new Tasks(this, clock, random, settings.durations, settings.assumptions);
    this.authority = new CertificateAuthority(random);
  }

  clear(): void {
    this.products.clear();
    this.tasks.clear();
    this.secrets.clear();
  }

  /** Oldest first. */
  listProducts(): TencentProduct[] {
    return [...this.products.values()];
  }

  productById(productId: string): TencentProduct | undefined {
    return this.products.get(productId);
  }

  existingProduct(productId: string): TencentProduct {
    const product = this.products.get(productId);
    if (!product) throw productNotExist(productId);
    return product;
  }

  addProduct(seed: TencentProductSeed): TencentProduct {
    const product = new TencentProduct({
      // 10 capital letters and digits in the vendor's samples.
      productId: seed.productId ?? this.random.text(10).toUpperCase(),
      productName: seed.productName ?? 'emulated',
      encryption: seed.encryption ?? 'certificate',
      createdAt: this.clock.now() + this.skewMs(),
      description: seed.description ?? '',
      productType: seed.productType ?? 0,
      format: seed.format ?? 'json',
    });
    this.products.set(product.productId, product);
    return product;
  }

  removeProduct(product: TencentProduct): void {
    this.products.delete(product.productId);
  }

  /** How many more devices the product may have. */
  roomForDevices(product: TencentProduct): number {
    return this.settings.quotas.devicesPerProduct - product.devices.size;
  }

  seedDevice(seed: TencentDeviceSeed): TencentDevice {
    const createdAt = seed.createdAt ?? this.clock.now();
    const { device } = this.create(this.existingProduct(seed.productId), seed, createdAt, 'seeded', {});
    if (seed.connected === 'online' || seed.connected === 'offline') {
      device.firstOnlineAt = device.lastOnlineAt = createdAt;
      device.online = seed.connected === 'online';
      if (!device.online) device.lastOfflineAt = createdAt;
    }
    return device;
  }

  delete(device: TencentDevice, now: number, requestId?: string): void {
    device.deleted = true;
    this.products.get(device.productId)?.remove(device);
    this.record('deleted', device, now, { requestId });
  }

  /** What a device's first (or next) connection, or its end, does. */
  setOnline(device: TencentDevice, online: boolean): void {
    const now = this.clock.now();
    device.online = online;
    if (online) {
      device.firstOnlineAt ??= now;
      device.lastOnlineAt = now;
    } else device.lastOfflineAt = now;
    this.record(online ? 'connected' : 'disconnected', device, now, {});
  }

  /** Every pre-shared key and private key that was ever made: for tests that hunt for leaks. */
  issuedSecrets(): readonly string[] {
    return [...this.secrets];
  }

  /** Makes a device that nobody has asked whether it may be made. `createdAt` is wall time. */
  create(
    product: TencentProduct,
    requested: { deviceName: string; psk?: string },
    createdAt: number,
    event: 'created' | 'seeded',
    cause: Cause,
  ): { device: TencentDevice; privateKey?: string } {
    const { credential, privateKey } = this.newCredential(product, requested, createdAt);
    const device: TencentDevice = {
      productId: product.productId,
      deviceName: requested.deviceName,
      credential,
      identity: identityOf(credential),
      online: false,
      createdAt: createdAt + this.skewMs(),
      keyRead: false,
      taskId: cause.taskId,
    };
    product.add(device);
    this.record(event, device, createdAt, cause);
    return { device, privateKey };
  }

  private newCredential(
    { encryption, productId }: TencentProduct,
    { deviceName, psk }: { deviceName: string; psk?: string },
    createdAt: number,
  ): { credential: Credential; privateKey?: string } {
    if (encryption === 'psk') {
      // 16 bytes in the vendor's samples.
      const key = psk ?? this.random.bytes(16).toString('base64');
      this.secrets.add(key);
      return { credential: { psk: key } };
    }
    const { certificate, privateKey } = this.authority.issue(deviceName, productId, createdAt);
    this.secrets.add(privateKey);
    // In the vendor's samples a private key ends with a line break, and a certificate does not.
    return { credential: { certificate: certificate.trimEnd() }, privateKey };
  }

  private record(event: JournalDeviceEvent['event'], device: TencentDevice, time: number, cause: Cause): void {
    this.journal.recordDevice({
      time,
      cloud: 'tencent',
      event,
      productKey: device.productId,
      deviceName: device.deviceName,
      identity: device.identity,
      jobId: cause.taskId,
      requestId: cause.requestId,
    });
  }
}
