import type { DeviceCertificate } from '../certificates';
import type { EmulatorClock } from '../clock';
import type { EmulatedCloud, Served } from '../cloud';
import { type Fault, faultOf } from '../faults';
import type { Journal } from '../journal';
import type { EmulatorRequest } from '../message';
import type { Randomness } from '../randomness';
import { type RateEnforcement, RateLimiter } from '../rates';
import type { JobDurations } from './applications';
import { type AliyunAssumptions, defaultAssumptions } from './assumptions';
import type { Device } from './device';
import { Gateway } from './gateway';
import { type AccessKey, KeyRing } from './keys';
import { Parameters } from './parameters';
import { type DeviceSeed, Platform } from './platform';
import type { ProductSeed } from './products';
import { documentedQuotas, type Quotas } from './quotas';
import { requestedAction } from './scheme';

export interface AliyunOptions {
  /** @default 'cn-shanghai' */
  region?: string;
  /** The key that is there from the start. @default made up from the seed */
  accessKey?: AccessKey;
  /** The product that is there from the start. @default made up from the seed, in an instance without id */
  product?: ProductSeed;
  /** @default 1 s for a check, 2 s and 1 ms a device for a creation, 1 s for a single certificate */
  durations?: Partial<JobDurations>;
  /** How far the cloud's clock is ahead of ours (below 0: behind): signatures, `Date` headers, creation times. @default 0 */
  clockSkewMs?: number;
  /** @default the documented ones; a new public instance has `{ devicesPerInstance: 500 }` */
  quotas?: Partial<Quotas>;
  /** What is assumed where the vendor is silent. @default `defaultAssumptions` */
  assumptions?: Partial<AliyunAssumptions>;
}

/** Alibaba Cloud IoT Platform, version 2018-01-20: its gateway, its keys and what it knows. */
export class AliyunCloud implements EmulatedCloud {
  readonly name = 'aliyun';
  readonly region: string;
  readonly keys = new KeyRing();
  readonly rates: RateLimiter;
  /** May be changed at any time. */
  readonly assumptions: AliyunAssumptions;
  /** May be changed at any time; holds for jobs that begin afterwards. */
  readonly durations: JobDurations;
  /** May be changed at any time. */
  readonly quotas: Quotas;
  /** May be changed at any time. */
  clockSkewMs: number;
  readonly platform: Platform;
  /** The key and the product that are there from the start. */
  readonly accessKey: AccessKey;
  readonly productKey: string;
  private readonly firstProduct: ProductSeed;
  private readonly gateway: Gateway;

  constructor(
    private readonly clock: EmulatorClock,
    random: Randomness,
    journal: Journal,
    /** Brings everything up to the present: late requests, jobs. To be called before the state is read or changed. */
    private readonly catchUp: () => void,
    options: AliyunOptions & { rates?: RateEnforcement },
  ) {
    this.region = options.region ?? 'cn-shanghai';
    this.rates = new RateLimiter(options.rates);
    this.assumptions = { ...structuredClone(defaultAssumptions), ...options.assumptions };
    this.durations = {
      checkMs: 1_000,
      checkPerDeviceMs: 0,
      createMs: 2_000,
      createPerDeviceMs: 1,
      certificateMs: 1_000,
      ...options.durations,
    };
    this.clockSkewMs = options.clockSkewMs ?? 0;
    this.quotas = { ...documentedQuotas(this.region), ...options.quotas };
    this.platform = new Platform(clock, random, journal, this, () => this.clockSkewMs);
    this.gateway = new Gateway(this.keys, this.rates, this.platform, this.assumptions, random);
    this.accessKey = options.accessKey ?? {
      accessKeyId: `LTAI${random.text(20)}`,
      accessKeySecret: random.text(30),
    };
    this.productKey = options.product?.productKey ?? `a1${random.text(9)}`;
    this.firstProduct = { ...options.product, productKey: this.productKey };
    this.start();
  }

  /** Whatever asks for an action at the root. Tencent's calls, which do so too, are to be told first. */
  recognises(request: EmulatorRequest): boolean {
    return request.url.split('?')[0] === '/';
  }

  operationOf(request: EmulatorRequest): string {
    return requestedAction(request, () => new Parameters(request, this.assumptions));
  }

  canSuffer(operation: string, fault: Fault): boolean {
    return sufferers(fault)?.includes(operation) ?? true;
  }

  serve(request: EmulatorRequest, now: number, faults: readonly Fault[]): Served {
    this.platform.applications.settle(now);
    const skewMs = this.clockSkewMs + (faultOf(faults, 'clockSkew')?.ms ?? 0);
    return this.gateway.serve(request, { now, shown: now + skewMs }, faults);
  }

  settle(now: number): void {
    this.platform.applications.settle(now);
  }

  /** As at the start: the first key and product, nothing else. Assumptions and durations stay as they were set. */
  reset(): void {
    this.keys.clear();
    this.platform.clear();
    this.rates.clear();
    this.start();
  }

  seed(seed: { products?: ProductSeed[]; devices?: DeviceSeed[]; keys?: AccessKey[] }): void {
    this.catchUp();
    seed.products?.forEach((product) => this.platform.products.add(product));
    seed.devices?.forEach((device) => this.platform.seedDevice(device));
    seed.keys?.forEach((key) => this.keys.put(key));
  }

  /** The devices of a product (of the first one by default), oldest first. */
  devices(productKey = this.productKey): Device[] {
    this.catchUp();
    const product = this.platform.products.byKey(productKey);
    return [...(product?.byNewest() ?? [])].reverse();
  }

  device(deviceName: string, productKey = this.productKey): Device | undefined {
    return this.devices(productKey).find((device) => device.deviceName === deviceName);
  }

  /** Lets a device connect, for the first time or again. */
  connect(deviceName: string, productKey = this.productKey): void {
    this.platform.setOnline(this.existing(deviceName, productKey), true);
  }

  disconnect(deviceName: string, productKey = this.productKey): void {
    this.platform.setOnline(this.existing(deviceName, productKey), false);
  }

  /** Deletes behind the client's back, as a hand in the console would. */
  deleteDevice(deviceName: string, productKey = this.productKey): void {
    this.platform.delete(this.existing(deviceName, productKey), this.clock.now());
  }

  /** What lies behind the link of QueryCertUrlByApplyId, by device name. */
  certificatesBehind(link: string): Record<string, DeviceCertificate | undefined> {
    const certificates = this.platform.certificates.behind(link, this.clock.now());
    if (!certificates) throw new RangeError('there are no certificates behind this link');
    return certificates;
  }

  private existing(deviceName: string, productKey: string): Device {
    const device = this.device(deviceName, productKey);
    if (!device) throw new RangeError(`there is no device ${deviceName} in the product ${productKey}`);
    return device;
  }

  private start(): void {
    this.keys.put(this.accessKey);
    this.platform.products.add(this.firstProduct);
  }
}

const openingChecks = ['BatchCheckDeviceNames'];
const beginningCreations = ['BatchRegisterDeviceWithApplyId', 'BatchRegisterDevice', 'BatchImportDevice'];

/** The only operations that this fault makes sense for; undefined: it does for all. */
function sufferers(fault: Fault): readonly string[] | undefined {
  if (fault.kind === 'status') return ['QueryBatchRegisterDeviceStatus'];
  if (fault.kind === 'failCheck') return openingChecks;
  if (fault.kind === 'failCreate') return beginningCreations;
  if (fault.kind !== 'stuckJob') return undefined;
  return fault.phase === 'CHECK' ? openingChecks : beginningCreations;
}
