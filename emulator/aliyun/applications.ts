import type { EmulatorClock } from '../clock';
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
}

/** The applications, and the clockwork that moves them from state to state. */
export class Applications {
  private readonly known = new Map<string, Application>();
  private readonly running = new Set<Application>();
  private lastApplyId = 1_295_005;

  constructor(
    private readonly platform: Platform,
    private readonly clock: EmulatorClock,
    private readonly durations: JobDurations,
    private readonly assumptions: AliyunAssumptions,
  ) {}

  clear(): void {
    this.known.clear();
    this.running.clear();
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
    this.running.add(application);
    this.settle(now);
    return application;
  }

  /** Opens an application whose names need no check; `register` begins its creation. */
  open(product: Product, devices: RequestedDevice[], now: number): Application {
    const application: Application = {
      applyId: ++this.lastApplyId,
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
    this.known.set(String(application.applyId), application);
    return application;
  }

  /** Begins the creation of an application whose names are good. */
  register(
    application: Application,
    doomed: Map<string, string>,
    now: number,
    stuck: boolean,
    requestId: string,
  ): void {
    const product = this.platform.productByKey(application.productKey);
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
    const product = this.platform.productByKey(application.productKey);
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
        this.platform.create(product, requested, at, 'created', { applyId, requestId: application.registeredBy }),
      );
    }
  }
}
