import { credentials, type Metadata, type ServiceError } from '@grpc/grpc-js';
import { ResourceProviderClient } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as proto from '@pulumi/pulumi/proto/provider_pb';
import { Status } from '@pulumi/pulumi/proto/status_pb';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEngine, type StandInEngine, type Shown } from './pulumi-engine';

export type Properties = Record<string, unknown>;

export interface PluginOptions {
  /** The whole environment but for what the engine adds. @default that of this process */
  readonly environment?: NodeJS.ProcessEnv;
  /** Of the stack: `namespace:key`, or a bare key of the project's own. */
  readonly config?: Readonly<Record<string, string>>;
  readonly project?: string;
  /** Whom the process takes for its engine. @default one that takes what it is told */
  readonly engine?: StandInEngine;
}

/**
 * The process that Pulumi runs dynamic providers in, spoken to as its engine does, without the engine. Properties are
 * registered ones (see `registered`), so they hold the provider's text as well.
 */
export class PulumiPlugin {
  readonly #client: ResourceProviderClient;

  /** In the folder of a program, as the engine does. */
  static async start(folder: string, options: PluginOptions = {}): Promise<PulumiPlugin> {
    const { environment = process.env, config = {}, project = 'town' } = options;
    const engine = options.engine ?? (await startEngine());
    const script = createRequire(join(folder, 'program.js')).resolve('@pulumi/pulumi/cmd/dynamic-provider');
    // The engine's address is the last argument (@pulumi/pulumi 3.248, cmd/dynamic-provider/index.ts).
    const child = spawn(process.execPath, [script, engine.address], {
      cwd: folder,
      env: { ...environment, PULUMI_NODEJS_PROJECT: project, PULUMI_PROJECT: project },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    const printed: string[] = [];
    const port = await firstLine(child, printed);
    const plugin = new PulumiPlugin(child, engine, port, printed);
    await plugin.#configure(
      Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key.includes(':') ? key : `${project}:${key}`, value]),
      ),
    );
    return plugin;
  }

  private constructor(
    readonly process: ChildProcess,
    private readonly engine: StandInEngine,
    port: number,
    private readonly printed: readonly string[],
  ) {
    this.#client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  /** All that it has printed, which the engine shows to the user. */
  get output(): string {
    return this.printed.join('\n');
  }

  /** What it has told the engine to show beside the resource for a while. */
  get shown(): readonly Shown[] {
    return this.engine.shown;
  }

  /** What it prints comes by another way than its answers. */
  async untilSaid(text: string): Promise<void> {
    for (const deadline = Date.now() + 15_000; !this.output.includes(text); await sleep(20)) {
      if (Date.now() > deadline) throw new Error(`the plugin did not say "${text}", but:\n${this.output}`);
    }
  }

  async check(news: Properties, olds: Properties = {}): Promise<{ inputs: Properties; failures: string[] }> {
    const request = new proto.CheckRequest();
    request.setUrn(URN);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const answer = await this.#call<proto.CheckResponse>((done) => this.#client.check(request, done));
    const failures = answer.getFailuresList().map((each) => `${each.getProperty()}: ${each.getReason()}`);
    return { inputs: plain(answer.getInputs()), failures };
  }

  async diff(id: string, olds: Properties, news: Properties): Promise<Difference> {
    const request = new proto.DiffRequest();
    request.setUrn(URN);
    request.setId(id);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const answer = await this.#call<proto.DiffResponse>((done) => this.#client.diff(request, done));
    const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
    const changes = answer.getChanges();
    return {
      changes: changes === DIFF_SOME ? true : changes === DIFF_NONE ? false : undefined,
      replaces: answer.getReplacesList(),
      deleteBeforeReplace: answer.getDeletebeforereplace(),
    };
  }

  async create(inputs: Properties): Promise<Made> {
    const request = new proto.CreateRequest();
    request.setUrn(URN);
    request.setProperties(struct(inputs));
    const answer = await this.#call<proto.CreateResponse>((done) => this.#client.create(request, done));
    return { id: answer.getId(), outputs: plain(answer.getProperties()) };
  }

  /** `id` is empty if there is nothing left of it. */
  async read(id: string, outputs: Properties, inputs: Properties = {}): Promise<Made & { inputs: Properties }> {
    const request = new proto.ReadRequest();
    request.setUrn(URN);
    request.setId(id);
    request.setProperties(struct(outputs));
    request.setInputs(struct(inputs));
    const answer = await this.#call<proto.ReadResponse>((done) => this.#client.read(request, done));
    return { id: answer.getId(), outputs: plain(answer.getProperties()), inputs: plain(answer.getInputs()) };
  }

  /** Returns the outputs. */
  async update(id: string, olds: Properties, news: Properties): Promise<Properties> {
    const request = new proto.UpdateRequest();
    request.setUrn(URN);
    request.setId(id);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const answer = await this.#call<proto.UpdateResponse>((done) => this.#client.update(request, done));
    return plain(answer.getProperties());
  }

  async delete(id: string, outputs: Properties): Promise<void> {
    const request = new proto.DeleteRequest();
    request.setUrn(URN);
    request.setId(id);
    request.setProperties(struct(outputs));
    await this.#call((done) => this.#client.delete(request, done));
  }

  /** The engine is gone and the process lives on, as after a second Ctrl-C. */
  async loseEngine(): Promise<void> {
    await this.engine.end();
  }

  /** As the engine ends it, or as nobody should. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#client.close();
    await this.loseEngine();
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.kill(signal);
    await exited;
  }

  async #configure(config: Properties): Promise<void> {
    const request = new proto.ConfigureRequest();
    request.setArgs(struct(config));
    await this.#call((done) => this.#client.configure(request, done));
  }

  async #call<T>(send: (done: (failure: ServiceError | null, answer: T) => void) => unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      send((failure, answer) => (failure ? reject(decode(failure)) : resolve(answer)));
    });
  }
}

export interface Made {
  readonly id: string;
  readonly outputs: Properties;
}

export interface Difference {
  /** Undefined: the engine compares the inputs. */
  readonly changes: boolean | undefined;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** The call failed, and yet the resource is in the state from then on. */
export class PartialFailure extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly properties: Properties,
    readonly reasons: readonly string[],
  ) {
    super(message);
  }
}

/** The plugin does not hand it to providers. */
const URN = 'urn:pulumi:dev::town::pulumi-nodejs:dynamic/iot-device-batch:DeviceBatch::lights';

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** It says its port first; what follows is for the user. */
async function firstLine(child: ChildProcess, printed: string[]): Promise<number> {
  createInterface({ input: child.stderr! }).on('line', (line) => printed.push(line));
  const lines = createInterface({ input: child.stdout! });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the plugin did not start:\n${printed.join('\n')}`);
  });
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  ended.catch(() => undefined);
  lines.on('line', (next) => printed.push(next));
  return Number(line);
}

const struct = (properties: Properties): Struct =>
  Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]);
const plain = (properties: Struct | undefined): Properties => properties?.toJavaScript() ?? {};

/** gRPC carries the details of a partial failure beside the message. */
function decode(failure: ServiceError): Error {
  const [bytes] = (failure.metadata as Metadata | undefined)?.get('grpc-status-details-bin') ?? [];
  if (!(bytes instanceof Buffer)) return new Error(failure.details);
  for (const detail of Status.deserializeBinary(bytes).getDetailsList()) {
    const found = detail.unpack(
      (part) => proto.ErrorResourceInitFailed.deserializeBinary(part),
      'pulumirpc.ErrorResourceInitFailed',
    );
    if (!found) continue;
    const properties = plain(found.getProperties());
    return new PartialFailure(failure.details, found.getId(), properties, found.getReasonsList());
  }
  return new Error(failure.details);
}
