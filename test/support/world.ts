import { gunzipSync } from 'node:zlib';
import { IotEmulator, type EmulatorOptions, type Fault, type FaultMatch } from '../../emulator';
import { credentialVaults } from '../../handler/credential-vaults';
import { BatchError, reconcile, submit, type EnginePorts, type Order, type Result } from '../../lib/batch';
import {
  expandNames,
  nameFile,
  nameListOf,
  parseOptions,
  sha256,
  type BatchOptions,
  type CloudReference,
} from '../../lib/batch/contract';
import type { Observer } from '../../lib/batch/ports/observer';
import type { Store } from '../../lib/batch/ports/store';
import { headSchema, type Head } from '../../lib/batch/record/head';
import { ProcessRates } from '../../lib/clouds/process-rates';
import { connectCloud } from '../../lib/clouds/registry';
import { TransportError, type HttpRequest, type HttpResponse, type Transport } from '../../lib/clouds/http/transport';
import { storeThrough } from '../../lib/stores/store-through';
import { MemorySecrets } from './memory-secrets';
import { MemoryStore } from './memory-store';
import { requestedAction } from './requested-action';
import { aliyun, type JobSetting, type TestedCloud } from './tested-clouds';
import { VirtualClock } from './virtual-clock';

/** One I/O that an engine is about to do. `run` does it; a saboteur may do it or not, and may keep the answer to itself. */
export type Sabotage = <T>(what: string, run: () => Promise<T>) => Promise<T>;

export interface WorldSetting extends EmulatorOptions {
  /** Which of the emulated clouds the batches are on. @default Alibaba's */
  cloud?: TestedCloud;
  /** How long the cloud's jobs take, and how long it knows them. */
  jobs?: JobSetting;
  /** Cuts batches into more jobs than the cloud would need. */
  namesPerJob?: number;
  /** Until an answer comes. @default 20 */
  roundTripMs?: number;
  /** Of how many batches the engine believes that they share the account's rates. @default 1 */
  share?: number;
}

/**
 * A cloud, a store and a clock that all live in this process: the engine's real code and the clouds' real clients, with
 * the emulator's core at the other end of the transport and not a socket in between.
 */
export class World {
  readonly clock: VirtualClock;
  readonly emulator: IotEmulator;
  readonly store = new MemoryStore();
  /** Secrets Manager. */
  readonly secrets = new MemorySecrets();
  readonly logs: string[] = [];
  /** Files of names by their addresses. */
  readonly files = new Map<string, string>();
  /** The addresses of the files that were read. */
  readonly fileReads: string[] = [];
  readonly cloud: TestedCloud;
  private requests = 0;

  constructor(private readonly setting: WorldSetting = {}) {
    this.clock = new VirtualClock(undefined, setting.seed);
    this.cloud = setting.cloud ?? aliyun;
    this.emulator = new IotEmulator({ ...this.cloud.emulator(setting.jobs ?? {}), ...setting, clock: this.clock });
  }

  /** Options of a batch of named devices, to be changed where a test wants others. */
  options(names: readonly string[], changes: Partial<BatchOptions> = {}): BatchOptions {
    return parseOptions({
      cloud: this.product(),
      devices: { named: names },
      timeoutSeconds: 1800,
      ...this.cloud.options,
      ...changes,
    });
  }

  /** A product of the cloud, by default the one that it has from the start. */
  product(id?: string): CloudReference {
    return this.cloud.product(this.emulator, id);
  }

  /** The same, of names that lie in a file. */
  fromFile(names: readonly string[], changes: Partial<BatchOptions> = {}): BatchOptions {
    const file = nameFile(names);
    const source = `file:${sha256(file)}`;
    this.files.set(source, file);
    return this.options([], { ...changes, devices: { file: { source, names: nameListOf(names) } } });
  }

  /** What the engine works with. `sabotage` stands between it and every I/O of store and cloud. */
  ports(sabotage: Sabotage = (_what, run) => run()): EnginePorts {
    const store = sabotaged(this.store, sabotage);
    const observer: Observer = {
      log: (level, message, fields) => void this.logs.push(JSON.stringify({ level, message, ...fields })),
      progress: () => undefined,
    };
    const rates = new ProcessRates(this.clock, this.setting.share ?? 1);
    return {
      store,
      clock: this.clock,
      observer,
      vault: credentialVaults({ secrets: this.secrets.by(sabotage), store, clock: this.clock, deniedUntil: 0 }),
      readNames: (source) => sabotage(`file ${source}`, () => this.readFile(source)),
      connect: async (reference, _access, { until }) => {
        const transport = this.transport(sabotage);
        const environment = { clock: this.clock, observer, rates: rates.of(reference), until, transport };
        const cloud = connectCloud(reference, async () => this.cloud.keys(this.emulator), environment);
        const { namesPerJob = cloud.limits.namesPerJob } = this.setting;
        return Object.create(cloud, { limits: { value: { ...cloud.limits, namesPerJob } } }) as typeof cloud;
      },
    };
  }

  /** Submits a Create, and works on it to its end. */
  async create(options: BatchOptions, batchId = 'b1'): Promise<Result & { generation: string }> {
    const order = this.order({ type: 'create', options });
    const generation = (await submit(this.store, this.clock, batchId, order)) as string;
    return { ...(await this.work(order.requestId, batchId)), generation };
  }

  async update(named: string, options: BatchOptions, batchId = 'b1'): Promise<Result & { generation: string }> {
    const order = this.order({ type: 'update', options, named });
    const generation = (await submit(this.store, this.clock, batchId, order)) as string;
    return { ...(await this.work(order.requestId, batchId)), generation };
  }

  async delete(named: string, batchId = 'b1'): Promise<Result> {
    const order = this.order({ type: 'delete', named });
    await submit(this.store, this.clock, batchId, order);
    return this.work(order.requestId, batchId);
  }

  /** An order with a request id of its own. */
  order<T extends { type: 'create' } | { type: 'update' } | { type: 'delete' }>(rest: T): Order {
    const id = `request-${++this.requests}`;
    return { requestId: id, deadline: this.clock.now() + 1800_000, ...rest } as unknown as Order;
  }

  /** Calls the engine as the Lambda's waiter would, until the request is over. */
  async work(requestId: string, batchId = 'b1', ports = this.ports()): Promise<Result> {
    for (let calls = 0; calls < 100; calls++) {
      const result = await this.once(requestId, batchId, ports);
      if (result.state !== 'unfinished') return result;
      await this.clock.sleep(5_000);
    }
    throw new Error('the request did not end within 100 calls');
  }

  submit(order: Order, batchId = 'b1'): Promise<string | undefined> {
    return submit(this.store, this.clock, batchId, order);
  }

  /** One invocation of four minutes. */
  once(requestId: string, batchId = 'b1', ports = this.ports()): Promise<Result> {
    const now = this.clock.now();
    return reconcile(ports, batchId, requestId, { until: now + 240_000, goneBy: now + 300_000 });
  }

  /** The names of the devices that the cloud has, in order. */
  devices(): string[] {
    return [...this.identities().keys()].sort();
  }

  /** Identities by name, as the cloud has them. */
  identities(productId?: string): Map<string, string> {
    return new Map(this.cloud.devices(this.emulator, productId).map(({ name, identity }) => [name, identity]));
  }

  head(batchId = 'b1'): Head {
    return headSchema.parse(JSON.parse(this.store.text(`heads/${batchId}.json`) ?? '{}'));
  }

  /** How often an operation was carried out by the cloud. */
  calls(operation: string): number {
    return this.emulator.journal.calls(operation).filter((call) => call.executed && !call.code).length;
  }

  /** How often an operation was sent to the cloud, whether or not it arrived. */
  sent(operation: string): number {
    return this.emulator.journal.calls(operation).length;
  }

  /** A device that somebody else has made. */
  seed(...devices: string[]): void {
    this.cloud.seed(this.emulator, { devices });
  }

  /** Lets a device connect for the first time. */
  connect(name: string): void {
    this.cloud.connect(this.emulator, name);
  }

  /** Deletes a device as a hand in the console would. */
  deleteByHand(name: string): void {
    this.cloud.delete(this.emulator, name);
  }

  fault(fault: Fault, match: FaultMatch = {}): void {
    this.emulator.faults.add({ ...match, fault });
  }

  /** The key may not call these operations from now on, and all others. */
  denyOperation(...denied: string[]): void {
    this.cloud.seed(this.emulator, { denied });
  }

  json(key: string): { devices: unknown[]; jobIds: string[]; deviceCount: number } {
    return JSON.parse(this.store.text(key) ?? 'null') as never;
  }

  /** The lines of a part of stored credentials. */
  credentials(key: string): Record<string, string>[] {
    const lines = gunzipSync(this.store.objects.get(key)?.body as Uint8Array)
      .toString('utf8')
      .trim();
    return lines.split('\n').map((line) => JSON.parse(line) as Record<string, string>);
  }

  private async readFile(source: string): Promise<Uint8Array> {
    this.fileReads.push(source);
    const file = this.files.get(source);
    if (file === undefined) throw new BatchError('NamesFileMissing', `there is no ${source}`);
    return Buffer.from(file);
  }

  /** The way to the cloud, without a network but for what the saboteur makes of it, until it is closed. */
  transport(sabotage: Sabotage = (_what, run) => run()): Transport {
    let closed = false;
    return {
      send: (request) => {
        if (closed) return Promise.reject(new TransportError('Closed', 'no', 'closed'));
        return sabotage(`cloud ${requestedAction(request)}`, () => this.exchange(request));
      },
      close: async () => {
        closed = true;
      },
    };
  }

  private async exchange(request: HttpRequest): Promise<HttpResponse> {
    const url = new URL(request.url);
    const headers = { ...request.headers, host: url.host };
    const answer = this.emulator.handle({
      method: request.method,
      url: url.pathname + url.search,
      headers,
      body: Buffer.from(request.body),
    });
    // An answer takes a while, so that time passes for whoever only asks.
    const { roundTripMs = 20 } = this.setting;
    await this.clock.sleep(Math.min(answer.delayMs + roundTripMs, request.timeoutMs));
    if (answer.delayMs >= request.timeoutMs) throw new TransportError('Timeout', 'perhaps', 'no answer in time');
    if (answer.kind === 'dropped' || answer.cutAt !== undefined) {
      throw new TransportError('ConnectionLost', 'perhaps', 'socket hang up');
    }
    return { status: answer.status, headers: answer.headers, body: answer.body.toString('utf8') };
  }
}

/** `count` names: `light-001` and so on. */
export function lights(count: number, start = 1): string[] {
  return expandNames({ sequence: { prefix: 'light-', count, start } });
}

function sabotaged(store: Store, sabotage: Sabotage): Store {
  return storeThrough(store, (verb, key, call) => sabotage(`store ${verb} ${key}`, call));
}
