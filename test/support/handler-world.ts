import { startEmulator, type EmulatorOptions, type JournalCall, type RunningEmulator } from '../../emulator';
import { createHandler, type Handler } from '../../handler/handler';
import type { HandlerPorts } from '../../handler/ports';
import type { CustomResourceEvent } from '../../handler/framework';
import { STORE_RESOURCE_TYPE } from '../../lib/batch/contract';
import type { Transport } from '../../lib/clouds/http/transport';
import { undiciTransport } from '../../lib/clouds/http/undici-transport';
import { ProcessRates } from '../../lib/clouds/process-rates';
import { connectCloud } from '../../lib/clouds/registry';
import type { LambdaProcess } from './lambda-process';
import { LambdaService } from './lambda-service';
import { accessDenied } from './aws-errors';
import { MemorySecrets } from './memory-secrets';
import { MemoryStore } from './memory-store';
import { ProviderFramework, type CfnResponse } from './provider-framework';
import { aliyun, type TestedCloud } from './tested-clouds';
import { VirtualClock } from './virtual-clock';

export const STACK_ID =
  'arn:aws:cloudformation:eu-central-1:123456789012:stack/street/0b6a8f60-7d1c-11ef-8f2f-0a1b2c3d4e5f';
const SERVICE_TOKEN = 'arn:aws:lambda:eu-central-1:123456789012:function:framework-onEvent';
export const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:iot-keys-AbCdEf';

/**
 * A stack with one batch: CloudFormation's events go through the CDK's real framework to the handler, and from there over
 * HTTP to the emulator. All of them live on one virtual clock, which stands still while a socket is busy.
 */
export class HandlerWorld {
  readonly store = new MemoryStore();
  /** Secrets Manager, where it has the secrets of devices. */
  readonly secrets = new MemorySecrets();
  /** The objects of other buckets that the handler may read, by their addresses. */
  readonly assets = new Map<string, string>();
  /** The addresses of what it has read of them. */
  readonly assetReads: string[] = [];
  /** What the handler logged, line by line. */
  readonly log: string[] = [];
  readonly ports: HandlerPorts;
  /** The handler without a process of its own around each invocation. */
  readonly handler: Handler;
  readonly lambda: LambdaService;
  readonly framework: ProviderFramework;
  private requests = 0;

  /** `cloud`: which of the emulated ones the batch is on. */
  static async start(
    options: EmulatorOptions = {},
    changes: Partial<HandlerPorts> = {},
    cloud = aliyun,
  ): Promise<HandlerWorld> {
    const clock = new VirtualClock();
    return new HandlerWorld(clock, await startEmulator({ ...cloud.emulator({}), ...options, clock }), changes, cloud);
  }

  private constructor(
    readonly clock: VirtualClock,
    readonly emulator: RunningEmulator,
    changes: Partial<HandlerPorts>,
    readonly cloud: TestedCloud,
  ) {
    this.ports = {
      bucket: 'the-store-of-the-stack',
      store: this.store,
      clock: this.clock,
      rates: new ProcessRates(this.clock, 1),
      readSecret: async () => JSON.stringify(cloud.keys(emulator.emulator)),
      deviceSecrets: this.secrets,
      readObject: async (bucket, key) => {
        this.assetReads.push(`s3://${bucket}/${key}`);
        const asset = this.assets.get(`s3://${bucket}/${key}`);
        // As S3 answers whoever may not list a bucket.
        if (asset === undefined) throw accessDenied();
        return Buffer.from(asset);
      },
      connect: (cloud, credentials, environment) =>
        connectCloud(cloud, credentials, { transport: this.transport(), ...environment }),
      write: (line) => void this.log.push(line),
      ...changes,
    };
    this.handler = createHandler(this.ports);
    this.lambda = new LambdaService((process) => createHandler(this.portsIn(process)), this.clock);
    this.framework = new ProviderFramework(this.lambda, this.clock);
  }

  /** Properties as CloudFormation sends them: every scalar is a string. */
  properties(changes: Record<string, unknown> = {}): Record<string, unknown> {
    const { emulator, url } = this.emulator;
    return stringified({
      ServiceToken: SERVICE_TOKEN,
      ServiceTimeout: 1200,
      version: 1,
      cloud: this.cloud.product(emulator, undefined, url),
      devices: { sequence: { prefix: 'light-', count: 3 } },
      deleteActivated: false,
      deviceCredentials: 'store',
      timeoutSeconds: 900,
      secretArn: SECRET_ARN,
      ...this.cloud.options,
      ...changes,
    }) as Record<string, unknown>;
  }

  event(RequestType: 'Create' | 'Update' | 'Delete', rest: Partial<CustomResourceEvent> = {}): CustomResourceEvent {
    return {
      RequestType,
      RequestId: `5c9f0f7e-0000-4000-8000-${String(++this.requests).padStart(12, '0')}`,
      StackId: STACK_ID,
      LogicalResourceId: 'StreetLights5A0F1E2D',
      ResourceProperties: this.properties(),
      ...rest,
    };
  }

  async create(changes: Record<string, unknown> = {}): Promise<CfnResponse> {
    return this.answerTo(this.event('Create', { ResourceProperties: this.properties(changes) }));
  }

  async update(id: string, changes: Record<string, unknown>, old: Record<string, unknown> = {}): Promise<CfnResponse> {
    return this.answerTo(
      this.event('Update', {
        PhysicalResourceId: id,
        ResourceProperties: this.properties(changes),
        OldResourceProperties: this.properties(old),
      }),
    );
  }

  async delete(id: string, changes: Record<string, unknown> = {}): Promise<CfnResponse> {
    return this.answerTo(
      this.event('Delete', { PhysicalResourceId: id, ResourceProperties: this.properties(changes) }),
    );
  }

  /** An event of the resource that stands for what the bucket holds. */
  storeEvent(
    RequestType: 'Create' | 'Update' | 'Delete',
    rest: Partial<CustomResourceEvent> = {},
  ): CustomResourceEvent {
    return this.event(RequestType, {
      ResourceType: STORE_RESOURCE_TYPE,
      LogicalResourceId: 'Contents',
      PhysicalResourceId: RequestType === 'Create' ? undefined : `${this.ports.bucket}-contents`,
      ResourceProperties: { ServiceToken: SERVICE_TOKEN },
      ...rest,
    });
  }

  async answerTo(event: CustomResourceEvent): Promise<CfnResponse> {
    const response = await this.framework.deliver(event);
    if (!response) throw new Error('CloudFormation was told nothing');
    return response;
  }

  /** The names of the devices that the cloud has, in order. */
  devices(): string[] {
    return Object.keys(this.identities()).sort();
  }

  /** Names and identities of the devices that the cloud has, in this product or in its first. */
  identities(product?: string): Record<string, string> {
    const devices = this.cloud.devices(this.emulator.emulator, product);
    return Object.fromEntries(devices.map(({ name, identity }) => [name, identity]));
  }

  /** The calls that the cloud got, or those of one operation. */
  calls(operation?: string): readonly JournalCall[] {
    return this.emulator.emulator.journal.calls(operation);
  }

  /** A device that somebody else registered, or that has come to life. */
  seed(deviceName: string, status: 'UNACTIVE' | 'ONLINE' = 'UNACTIVE'): void {
    const { emulator } = this.emulator;
    this.cloud.seed(emulator, { devices: [deviceName] });
    if (status === 'ONLINE') this.cloud.connect(emulator, deviceName);
  }

  close(): Promise<void> {
    return this.emulator.close();
  }

  /** What the handler has in one process. */
  private portsIn(process: LambdaProcess): HandlerPorts {
    const { ports } = this;
    return {
      ...ports,
      store: process.store(ports.store),
      clock: process.clock,
      readSecret: process.readSecret(ports.readSecret),
      deviceSecrets: process.deviceSecrets(this.secrets),
      readObject: process.readObject(ports.readObject),
      connect: (cloud, credentials, environment) =>
        ports.connect(cloud, credentials, { ...environment, transport: process.transport(this.transport()) }),
    };
  }

  private transport(): Transport {
    const network = undiciTransport();
    return {
      send: (request) => this.clock.during(network.send(request)),
      close: () => this.clock.during(network.close()),
    };
  }
}

function stringified(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stringified);
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, stringified(member)]));
}
