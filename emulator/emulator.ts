import { answerAdmin, adminPrefix } from './admin';
import { AliyunCloud, type AliyunOptions } from './aliyun/cloud';
import { EmulatorClock, type TimeSource } from './clock';
import { DisturbedNetwork } from './disturbance';
import { type FaultRule, FaultRules } from './faults';
import { Journal } from './journal';
import { type EmulatorAnswer, type EmulatorRequest, jsonAnswer } from './message';
import { Randomness } from './randomness';
import type { RateEnforcement } from './rates';
import { TencentCloud, type TencentOptions } from './tencent/cloud';

export interface EmulatorOptions {
  /** How many times as fast as real time jobs run. Signatures, rates and dates always follow real time. @default 1 */
  speed?: number;
  /** Where the time comes from; a virtual clock makes the whole emulator virtual. @default the system's clock */
  clock?: TimeSource;
  /** The same seed gives the same keys, ids and secrets. @default 'iot-device-batch' */
  seed?: string;
  /** @default none */
  faults?: FaultRule[];
  /** Whether the vendors' documented rates hold: true, false, or a factor to multiply them by. @default true */
  rates?: RateEnforcement;
  /** Alibaba Cloud's half: its product, key, job durations and assumptions. */
  aliyun?: AliyunOptions;
  /** Tencent Cloud's half: the same for it. */
  tencent?: TencentOptions;
}

/**
 * The emulator without a socket: a request in, an answer out, on the clock and the randomness that it was given. It never
 * waits; see `EmulatorAnswer`. Everything that the admin API offers is here as properties.
 */
export class IotEmulator {
  readonly clock: EmulatorClock;
  readonly journal: Journal;
  readonly faults: FaultRules;
  readonly aliyun: AliyunCloud;
  readonly tencent: TencentCloud;
  private readonly network: DisturbedNetwork;

  constructor(private readonly options: EmulatorOptions = {}) {
    const { seed = 'iot-device-batch' } = options;
    const random = new Randomness(seed);
    this.clock = new EmulatorClock(options.clock, options.speed);
    this.journal = new Journal();
    this.faults = new FaultRules(random);
    const catchUp = () => this.settle();
    this.aliyun = new AliyunCloud(this.clock, random, this.journal, catchUp, {
      rates: options.rates,
      ...options.aliyun,
    });
    // Chance of its own, so that neither cloud's ids and secrets depend on what the other one is asked.
    this.tencent = new TencentCloud(this.clock, new Randomness(`${seed}/tencent`), this.journal, catchUp, {
      rates: options.rates,
      ...options.tencent,
    });
    this.network = new DisturbedNetwork(this.faults, this.journal);
    options.faults?.forEach((rule) => this.faults.add(rule));
  }

  handle(request: EmulatorRequest): EmulatorAnswer {
    this.settle();
    if (request.url.startsWith(adminPrefix)) return answerAdmin(this, request);
    const cloud = this.clouds.find((one) => one.recognises(request));
    if (!cloud) return jsonAnswer(404, { message: `no cloud here answers ${request.method} ${request.url}` });
    const answer = this.network.send(cloud, request, this.clock.now());
    // The moment at which late requests and jobs are due may be this very one.
    this.settle();
    return answer;
  }

  /** Delivers late requests and ends jobs that are due. Call it before you look at the state. */
  settle(): void {
    const now = this.clock.now();
    this.network.deliver(now);
    this.clouds.forEach((cloud) => cloud.settle(now));
  }

  /** Lets `ms` of job time pass at once; see `EmulatorClock.advance`. */
  advance(ms: number): void {
    this.settle();
    this.clock.advance(ms);
    this.settle();
  }

  setSpeed(speed: number): void {
    this.settle();
    this.clock.setSpeed(speed);
  }

  /** Forgets devices, jobs, faults, journal and what was seeded; keys, products and options are as at the start. */
  reset(): void {
    this.network.clear();
    this.faults.clear();
    this.options.faults?.forEach((rule) => this.faults.add(rule));
    this.aliyun.reset();
    this.tencent.reset();
    this.journal.clear();
  }

  private get clouds() {
    // Whatever asks for an action at the root, and is not Tencent's, is Alibaba's.
    return [this.tencent, this.aliyun];
  }
}
