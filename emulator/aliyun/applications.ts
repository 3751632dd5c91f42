import type { EmulatorClock } from '../clock';
import { Clockwork } from '../clockwork';
import { type Application, isRunning } from './application';
import type { AliyunAssumptions } from './assumptions';
import { applyIsNotFound } from './errors';
import type { RequestedDevice } from './names';
import type { Platform } from './platform';
import type { Product } from './product';

/** How long jobs take, in milliseconds of work time. The vendor says "some minutes"; these are ours. */
export interface JobDurations {
  checkMs: number;
  checkPerDeviceMs: number;
  createMs: number;
  createPerDeviceMs: number;
  /** Of a single X.509 device. */
  certificateMs: number;
}

/** The applications, and what moves them from state to state. */
export class Applications {
  private readonly known = new Map<string, Application>();
  private readonly clockwork = new Clockwork<Application>((application) => this.step(application));
  private opened = 0;

  constructor(
    private readonly platform: Platform,
    private readonly clock: EmulatorClock,
    private readonly durations: JobDurations,
    private readonly assumptions: AliyunAssumptions,
  ) {}

  clear(): void {
    this.known.clear();
    this.clockwork.clear();
  }

  list(): Application[] {
    return [...this.known.values()];
  }

  /** The application, unless it is unknown or forgotten. */
  find(applyId: string, now: number): Application {
    const application = this.known.get(applyId);
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
    const application = this.open(product, devices, now);
    application.failures = failures;
    application.nextStepAt = stuck ? Infinity : this.clock.workAt(now) + checkMs + checkPerDeviceMs * devices.length;
    this.clockwork.start(application);
    this.settle(now);
    return application;
  }

  /** Opens an application whose names need no check; `register` begins its creation. */
  open(product: Product, devices: RequestedDevice[], now: number): Application {
    const application: Application = {
      applyId: this.nextApplyId(),
      productKey: product.productKey,
      devices,
      status: 'CHECK',
      createdAt: now,
      failures: new Map(),
      doomed: new Map(),
      created: [],
      tried: 0,
      nextStepAt: Infinity,
    };
    this.known.set(application.applyId, application);
    return application;
  }

  /** The vendor's samples have up to eight digits; a Long may have more than JavaScript's numbers hold. */
  private nextApplyId(): string {
    const first = this.assumptions.applyIds === 'long' ? 2n ** 53n + 1_295_006n : 1_295_006n;
    return String(first + BigInt(this.opened++));
  }

  /** Begins the creation of an application whose names are good. */
  register(
    application: Application,
    doomed: Map<string, string>,
    now: number,
    stuck: boolean,
    requestId: string,
  ): void {
    application.status = 'CREATE';
    application.registeredBy = requestId;
    application.failures = new Map();
    application.doomed = this.failsAltogether(application, doomed)
      ? new Map(application.devices.map(({ deviceName }) => [deviceName, 'Another device of the batch failed.']))
      : doomed;
    application.nextStepAt = stuck
      ? Infinity
      : this.clock.workAt(now) + this.durations.createMs + this.durations.createPerDeviceMs;
    this.clockwork.start(application);
    this.settle(now);
  }

  /** help.aliyun.com 69514: of an X.509 batch either all devices are created or none. */
  private failsAltogether({ productKey, devices }: Application, doomed: Map<string, string>): boolean {
    const product = this.platform.products.byKey(productKey);
    if (product?.authType !== 'x509') return false;
    if (doomed.size > 0 || this.platform.products.roomForDevices(product) < devices.length) return true;
    return devices.some(({ deviceName }) => product.isTaken(deviceName, this.assumptions));
  }

  /** Takes every step that is due at the wall time `now`, in the order of time over all applications. */
  settle(now: number): void {
    this.clockwork.settle(this.clock.workAt(now));
  }

  private step(application: Application): boolean {
    if (application.status === 'CHECK') this.endCheck(application);
    else this.tryNext(application);
    return isRunning(application);
  }

  private endCheck(application: Application): void {
    const product = this.platform.products.byKey(application.productKey);
    if (this.assumptions.existingNamesInCheck === 'fail') {
      for (const { deviceName } of application.devices) {
        if (product?.isTaken(deviceName, this.assumptions)) {
          application.failures.set(deviceName, 'The device name already exists.');
        }
      }
    }
    application.status = application.failures.size > 0 ? 'CHECK_FAILED' : 'CHECK_SUCCESS';
  }

  private tryNext(application: Application): void {
    const product = this.platform.products.byKey(application.productKey);
    const requested = application.devices[application.tried++];
    if (requested) this.createNext(application, product, requested);
    application.nextStepAt += this.durations.createPerDeviceMs;
    if (application.tried >= application.devices.length) {
      application.status = application.failures.size > 0 ? 'CREATE_FAILED' : 'CREATE_SUCCESS';
    }
  }

  private createNext(application: Application, product: Product | undefined, requested: RequestedDevice): void {
    const { applyId, registeredBy: requestId, failures, created } = application;
    const fail = (reason: string) => failures.set(requested.deviceName, reason);
    if (!product) return void fail('The product does not exist.');
    const obstacle = this.obstacle(application, product, requested);
    if (obstacle !== undefined) return void fail(obstacle);
    const at = this.clock.wallAt(application.nextStepAt);
    created.push(this.platform.create(product, requested, at, 'created', { applyId, requestId }));
  }

  /** Why this device cannot be made now, as the platform would say it. */
  private obstacle(application: Application, product: Product, { deviceName }: RequestedDevice): string | undefined {
    const doom = application.doomed.get(deviceName);
    if (doom !== undefined) return doom;
    if (product.isTaken(deviceName, this.assumptions)) return 'The device name already exists.';
    // Another batch may have filled the product since this one began.
    return this.platform.products.roomForDevices(product) < 1 ? 'There are too many devices.' : undefined;
  }
}
