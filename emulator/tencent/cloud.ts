import type { EmulatorClock } from '../clock';
import type { EmulatedCloud, Served } from '../cloud';
import { type Fault, faultOf } from '../faults';
import type { Journal } from '../journal';
import { type EmulatorRequest, header } from '../message';
import type { Randomness } from '../randomness';
import { type RateEnforcement, RateLimiter } from '../rates';
import { legacyPath } from './api-2/api-2';
import { version } from './api-3/api-3';
import { defaultTencentAssumptions, type TencentAssumptions } from './assumptions';
import type { TencentDevice } from './device';
import { formOf, isForm } from './form';
import { Gateway } from './gateway';
import { Hub, type TencentDeviceSeed, type TencentProductSeed } from './hub';
import { type ApiKey, ApiKeys } from './keys';
import { documentedTencentQuotas, type TencentQuotas } from './quotas';
import type { TaskDurations } from './tasks';
import { isTc3 } from './tc3';

export interface TencentOptions {
  /** The key that is there from the start. @default made up from the seed */
  apiKey?: ApiKey;
  /** The product that is there from the start. @default made up from the seed, with certificates */
  product?: TencentProductSeed;
  /** @default 1 s until a task starts, 1 s and 1 ms a device until it ends; 30 days to live */
  durations?: Partial<TaskDurations>;
  /** How far the cloud's clock is ahead of ours (below 0: behind): signatures, `Date` headers, creation times. @default 0 */
  clockSkewMs?: number;
  /** @default the documented ones */
  quotas?: Partial<TencentQuotas>;
  /** What is assumed where the vendor is silent. @default `defaultTencentAssumptions` */
  assumptions?: Partial<TencentAssumptions>;
  /**
   * The versions of API 3.0 that the endpoint has. `['2021-04-08']` makes it the international site, which has no batch
   * operations. @default ['2018-06-14', '2021-04-08'], of which only the operations of the former are emulated
   */
  versions?: readonly string[];
}

/** Tencent Cloud IoT Hub: API 3.0 of 2018-06-14 and API 2.0, its keys and what it knows. */
export class TencentCloud implements EmulatedCloud {
  readonly name = 'tencent';
  readonly keys = new ApiKeys();
  readonly rates: RateLimiter;
  /** May be changed at any time. */
  readonly assumptions: TencentAssumptions;
  /** May be changed at any time; holds for tasks that begin afterwards. */
  readonly durations: TaskDurations;
  /** May be changed at any time. */
  readonly quotas: TencentQuotas;
  /** May be changed at any time. */
  versions: readonly string[];
  /** May be changed at any time. */
  clockSkewMs: number;
  readonly hub: Hub;
  /** The key and the product that are there from the start. */
  readonly apiKey: ApiKey;
  readonly productId: string;
  private readonly firstProduct: TencentProductSeed;
  private readonly gateway: Gateway;

  constructor(
    private readonly clock: EmulatorClock,
    random: Randomness,
    journal: Journal,
    /** Brings everything up to the present: late requests, tasks. To be called before the state is read or changed. */
    private readonly catchUp: () => void,
    options: TencentOptions & { rates?: RateEnforcement },
  ) {
    this.rates = new RateLimiter(options.rates);
    this.assumptions = { ...structuredClone(defaultTencentAssumptions), ...options.assumptions };
    this.durations = {
      startMs: 1_000,
      createMs: 1_000,
      createPerDeviceMs: 1,
      taskLifeMs: 30 * 24 * 3_600_000,
      ...options.durations,
    };
    this.clockSkewMs = options.clockSkewMs ?? 0;
    this.quotas = { ...documentedTencentQuotas, ...options.quotas };
    this.versions = options.versions ?? [version, '2021-04-08'];
    this.hub = new Hub(clock, random, journal, this, () => this.clockSkewMs);
    this.gateway = new Gateway(this.keys, this.rates, this.hub, this, random);
    this.apiKey = options.apiKey ?? { secretId: `AKID${random.text(32)}`, secretKey: random.text(32) };
    this.productId = options.product?.productId ?? random.text(10).toUpperCase();
    this.firstProduct = { ...options.product, productId: this.productId };
    this.start();
  }

  /** By its path, its host, a header of TC3, or a parameter of the older signatures. Alibaba's calls have none of these. */
  recognises(request: EmulatorRequest): boolean {
    const [path, query = ''] = request.url.split('?');
    if (path === legacyPath) return true;
    if (path !== '/') return false;
    if (isTc3(request)) return true;
    if (/\.(tencentcloudapi|qcloud)\.com$/.test(header(request, 'host') ?? '')) return true;
    if (header(request, 'x-acs-action') !== undefined) return false;
    const form = isForm(request) ? request.body.toString('latin1') : '';
    return [query, form].some((text) => /(^|&)SecretId=/.test(text));
  }

  operationOf(request: EmulatorRequest): string {
    return header(request, 'x-tc-action') ?? formOf(request).get('Action') ?? '';
  }

  canSuffer(operation: string, fault: Fault): boolean {
    return sufferers(fault)?.includes(operation) ?? true;
  }

  serve(request: EmulatorRequest, now: number, faults: readonly Fault[]): Served {
    this.hub.tasks.settle(now);
    const skewMs = this.clockSkewMs + (faultOf(faults, 'clockSkew')?.ms ?? 0);
    return this.gateway.serve(request, { now, shown: now + skewMs }, faults);
  }

  settle(now: number): void {
    this.hub.tasks.settle(now);
  }

  /** As at the start: the first key and product, nothing else. Assumptions and durations stay as they were set. */
  reset(): void {
    this.keys.clear();
    this.hub.clear();
    this.rates.clear();
    this.start();
  }

  seed(seed: { products?: TencentProductSeed[]; devices?: TencentDeviceSeed[]; keys?: ApiKey[] }): void {
    this.catchUp();
    seed.products?.forEach((product) => this.hub.addProduct(product));
    seed.devices?.forEach((device) => this.hub.seedDevice(device));
    seed.keys?.forEach((key) => this.keys.put(key));
  }

  /** The devices of a product (of the first one by default), oldest first. */
  devices(productId = this.productId): TencentDevice[] {
    this.catchUp();
    return [...(this.hub.productById(productId)?.devices.values() ?? [])];
  }

  device(deviceName: string, productId = this.productId): TencentDevice | undefined {
    this.catchUp();
    return this.hub.productById(productId)?.devices.get(deviceName);
  }

  /** Lets a device connect, for the first time or again. */
  connect(deviceName: string, productId = this.productId): void {
    this.hub.setOnline(this.existing(deviceName, productId), true);
  }

  disconnect(deviceName: string, productId = this.productId): void {
    this.hub.setOnline(this.existing(deviceName, productId), false);
  }

  /** Deletes behind the client's back, as a hand in the console would. */
  deleteDevice(deviceName: string, productId = this.productId): void {
    this.hub.delete(this.existing(deviceName, productId), this.clock.now());
  }

  private existing(deviceName: string, productId: string): TencentDevice {
    const device = this.device(deviceName, productId);
    if (!device) throw new RangeError(`there is no device ${deviceName} in the product ${productId}`);
    return device;
  }

  private start(): void {
    this.keys.put(this.apiKey);
    this.hub.addProduct(this.firstProduct);
  }
}

/** The only operations that this fault makes sense for; undefined: it does for all. Nothing here is checked first or wrapped. */
function sufferers(fault: Fault): readonly string[] | undefined {
  if (fault.kind === 'status') return ['DescribeMultiDevTask', 'GetCreateMultiDevTask'];
  if (fault.kind === 'stuckJob' || fault.kind === 'failCreate') return ['CreateMultiDevice'];
  return fault.kind === 'failCheck' || fault.kind === 'wrappers' ? [] : undefined;
}
