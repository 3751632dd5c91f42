import type { EmulatorClock } from '../clock';
import type { Journal } from '../journal';
import type { Randomness } from '../randomness';
import { type Application, isRunning } from './application';
import type { AliyunAssumptions } from './assumptions';
import type { Device, DeviceStatus } from './device';
import { applyIsNotFound, instanceNotFound, notExistedProduct } from './errors';
import type { RequestedDevice } from './names';
import { Product } from './product';

/** How long jobs take, in milliseconds of work time. The vendor says "some minutes"; these are ours. */
export interface JobDurations {
  checkMs: number;
  checkPerDeviceMs: number;
  createMs: number;
  createPerDeviceMs: number;
}

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

/** The emulated account's products, devices and applications, and the clockwork that moves them. */
export class Platform {
  private products = new Map<string, Product>();
  private devicesByIotId = new Map<string, Device>();
  private applications = new Map<string, Application>();
  private running = new Set<Application>();
  private secrets: string[] = [];
  private lastSeq = 0;
  private lastApplyId = 1_295_005;

  constructor(
    private readonly clock: EmulatorClock,
    private readonly random: Randomness,
    private readonly journal: Journal,
    private readonly durations: JobDurations,
    private readonly assumptions: AliyunAssumptions,
    readonly region: string,
    /** How far the cloud's clock is ahead: what it shows as the time of creation. */
    private readonly skewMs: () => number,
  ) {}

  clear(): void {
    this.products.clear();
    this.devicesByIotId.clear();
    this.applications.clear();
    this.running.clear();
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

  listApplications(): Application[] {
    return [...this.applications.values()];
  }

  application(applyId: string, now: number): Application {
    const application = this.applications.get(applyId);
    const retention = this.assumptions.applyIdRetentionMs ?? Infinity;
    if (!application || now - application.createdAt > retention) throw applyIsNotFound(applyId);
    return application;
  }

  /** Opens an application whose check begins now. `failures` are known already. */
  check(
    product: Product,
    devices: RequestedDevice[],
    failures: Map<string, string>,
    now: number,
    stuck: boolean,
  ): Application {
    const { checkMs, checkPerDeviceMs } = this.durations;
    const application: Application = {
      applyId: ++this.lastApplyId,
      productKey: product.productKey,
      devices,
      status: 'CHECK',
      createdAt: now,
      failures,
      doomed: new Map(),
      created: [],
      tried: 0,
      nextStepAt: stuck ? Infinity : this.clock.workAt(now) + checkMs + checkPerDeviceMs * devices.length,
    };
    this.applications.set(String(application.applyId), application);
    this.running.add(application);
    this.settle(now);
    return application;
  }

  /** Begins the creation of a checked application. */
  register(
    application: Application,
    doomed: Map<string, string>,
    now: number,
    stuck: boolean,
    requestId: string,
  ): void {
    const product = this.products.get(application.productKey);
    application.status = 'CREATE';
    application.registeredBy = requestId;
    application.failures = new Map();
    // help.aliyun.com 69514: of an X.509 batch either all devices are created or none.
    application.doomed =
      product?.authType === 'x509' &&
      (doomed.size > 0 || application.devices.some(({ deviceName }) => product.devices.has(deviceName)))
        ? new Map(application.devices.map(({ deviceName }) => [deviceName, 'Another device of the batch failed.']))
        : doomed;
    application.nextStepAt = stuck
      ? Infinity
      : this.clock.workAt(now) + this.durations.createMs + this.durations.createPerDeviceMs;
    this.running.add(application);
    this.settle(now);
  }

  /** Takes every step that is due at the wall time `now`, in the order of time over all applications. */
  settle(now: number): void {
    const work = this.clock.workAt(now);
    for (;;) {
      let next: Application | undefined;
      for (const application of this.running) {
        if (application.nextStepAt <= work && application.nextStepAt < (next?.nextStepAt ?? Infinity))
          next = application;
      }
      if (!next) return;
      this.step(next);
      if (!isRunning(next)) this.running.delete(next);
    }
  }

  private step(application: Application): void {
    const product = this.products.get(application.productKey);
    if (application.status === 'CHECK') {
      if (this.assumptions.existingNamesInCheck === 'fail') {
        for (const { deviceName } of application.devices) {
          if (product?.devices.has(deviceName)) application.failures.set(deviceName, 'The device name already exists.');
        }
      }
      application.status = application.failures.size > 0 ? 'CHECK_FAILED' : 'CHECK_SUCCESS';
      return;
    }
    const requested = application.devices[application.tried++];
    if (requested && product) this.createNext(application, product, requested);
    application.nextStepAt += this.durations.createPerDeviceMs;
    if (application.tried >= application.devices.length) {
      application.status = application.failures.size > 0 ? 'CREATE_FAILED' : 'CREATE_SUCCESS';
    }
  }

  private createNext(application: Application, product: Product, requested: RequestedDevice): void {
    const { deviceName } = requested;
    const doom = application.doomed.get(deviceName);
    if (doom !== undefined) application.failures.set(deviceName, doom);
    else if (product.devices.has(deviceName)) application.failures.set(deviceName, 'The device name already exists.');
    else {
      const at = this.clock.wallAt(application.nextStepAt);
      const { applyId } = application;
      application.created.push(
        this.create(product, requested, at, 'created', { applyId, requestId: application.registeredBy }),
      );
    }
  }

  private create(
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
