import type { Fault, FaultMatch } from '../../../emulator';
import type { CustomResourceEvent } from '../../../handler/framework';
import { batchIdOf } from '../../../handler/batch-id';
import { headSchema, type Head } from '../../../lib/batch/record/head';
import type { BatchOptions } from '../../../lib/batch/contract';
import { HandlerWorld } from '../../support/handler-world';
import type { CfnResponse } from '../../support/provider-framework';
import type { JobSetting, TestedCloud } from '../../support/tested-clouds';
import type { Fixture, FixtureEvent } from './fixture';

/** A product of the same account beside the first. */
export const OTHER_PRODUCT = 'a1Other00001';

export interface StageSetting {
  /** How long the cloud's jobs take, and how long it knows them. */
  jobs?: JobSetting;
}

/** Plays the events of a fixture to the handler, as CloudFormation does. */
export class Stage {
  private readonly ids = new Map<string, string>();
  private readonly skipped = new Set<string>();
  private readonly events = new Map<string, CustomResourceEvent>();
  private readonly answers = new Map<string, CfnResponse>();

  private constructor(
    readonly fixture: Fixture,
    readonly world: HandlerWorld,
    /** What all batches have here, where the fixture says nothing else. */
    private readonly options: Partial<BatchOptions>,
  ) {}

  static async open(fixture: Fixture, cloud: TestedCloud, { jobs = {} }: StageSetting): Promise<Stage> {
    const world = await HandlerWorld.start(cloud.emulator(jobs), {}, cloud);
    cloud.seed(world.emulator.emulator, { product: OTHER_PRODUCT });
    // In all of the row's events: a change of where secrets go is not what it is about.
    const { deviceCredentials } = cloud.adopting;
    const options = adopts(fixture) && deviceCredentials ? { deviceCredentials } : {};
    return new Stage(fixture, world, options);
  }

  /** The events that were never sent. */
  get unsent(): string[] {
    return Object.keys(this.fixture.events).filter((name) => !this.events.has(name) && !this.skipped.has(name));
  }

  /** CloudFormation has no reason to send this event: in a row that may end in more than one way. */
  skip(name: string): void {
    this.skipped.add(name);
  }

  /** Delivers an event; the same one again where it was delivered before. Undefined if CloudFormation heard nothing. */
  async send(name: string): Promise<CfnResponse | undefined> {
    const answer = await this.world.framework.deliver(this.event(name));
    if (answer) this.answers.set(name, answer);
    return answer;
  }

  async succeeds(name: string): Promise<CfnResponse> {
    const answer = await this.send(name);
    expect({ [name]: answer }).toMatchObject({ [name]: { Status: 'SUCCESS' } });
    return answer as CfnResponse;
  }

  async fails(name: string, reason: RegExp): Promise<CfnResponse> {
    const answer = await this.send(name);
    expect({ [name]: answer }).toMatchObject({
      [name]: { Status: 'FAILED', Reason: expect.stringMatching(reason) as string },
    });
    return answer as CfnResponse;
  }

  /** The id in the response to an event. */
  id(name: string): string {
    const answer = this.answers.get(name);
    if (!answer) throw new Error(`CloudFormation heard no answer to "${name}"`);
    return answer.PhysicalResourceId;
  }

  /** Where the record of a batch lies in the store. */
  headKey(logicalId = 'StreetLights'): string {
    return `heads/${batchIdOf({ ...this.world.event('Delete'), LogicalResourceId: logicalId })}.json`;
  }

  /** The record of a batch. */
  head(logicalId?: string): Head {
    return headSchema.parse(JSON.parse(this.world.store.text(this.headKey(logicalId)) ?? 'null'));
  }

  get cloud(): TestedCloud {
    return this.world.cloud;
  }

  /** Lets a device connect. */
  connect(name: string): void {
    this.cloud.connect(this.world.emulator.emulator, name);
  }

  /** Deletes a device as a hand in the console would. */
  deleteByHand(name: string): void {
    this.cloud.delete(this.world.emulator.emulator, name);
  }

  /** Jobs that begin from now on take so long. */
  setJobTime(createMs: number): void {
    this.cloud.setJobTime(this.world.emulator.emulator, createMs);
  }

  /** What goes wrong at the cloud from now on. */
  fault(fault: Fault, match: FaultMatch = {}): void {
    this.world.emulator.emulator.faults.add({ ...match, fault });
  }

  /** In the fixture this text stands for that id. */
  useId(text: string, id: string): void {
    this.ids.set(text, id);
  }

  /** Lets time pass, whatever else happens meanwhile. */
  wait(seconds: number): Promise<void> {
    return this.world.clock.sleep(seconds * 1000);
  }

  /** Names and identities of the first product's devices. */
  get identities(): Record<string, string> {
    return this.world.identities();
  }

  /** Until the cloud has got a call of this operation. */
  async untilCalled(operation: string): Promise<void> {
    const before = this.world.calls(operation).length;
    while (this.world.calls(operation).length === before) await this.world.clock.sleep(10);
  }

  /** The event as CloudFormation sends it. */
  event(name: string): CustomResourceEvent {
    const known = this.events.get(name);
    if (known) return known;
    const {
      RequestType,
      ResourceType,
      LogicalResourceId,
      PhysicalResourceId,
      ResourceProperties,
      OldResourceProperties,
    } = this.blueprint(name);
    const event = this.world.event(RequestType, {
      LogicalResourceId,
      // What the store's resource has been given needs nothing of a batch's.
      ...(ResourceType === undefined
        ? { ResourceProperties: this.propertiesOf(ResourceProperties) }
        : { ResourceType, ResourceProperties }),
      ...(PhysicalResourceId !== undefined && { PhysicalResourceId: this.resolveId(PhysicalResourceId) }),
      ...(OldResourceProperties !== undefined && { OldResourceProperties: this.propertiesOf(OldResourceProperties) }),
    });
    this.events.set(name, event);
    return event;
  }

  private blueprint(name: string): FixtureEvent {
    const found = this.fixture.events[name];
    if (!found) throw new Error(`fixture ${this.fixture.number} has no event "${name}"`);
    return found;
  }

  private resolveId(text: string): string {
    return text.startsWith('id of ') ? this.id(text.slice('id of '.length)) : (this.ids.get(text) ?? text);
  }

  /** With the ids for which texts of the fixture stand. */
  private resolved(value: unknown): unknown {
    if (typeof value === 'string') return this.ids.get(value) ?? value;
    if (Array.isArray(value)) return value.map((one) => this.resolved(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.resolved(member)]));
  }

  private propertiesOf(given: FixtureEvent['ResourceProperties']): Record<string, unknown> {
    if (typeof given === 'string')
      return this.propertiesOf(this.blueprint(given.slice('those of '.length)).ResourceProperties);
    const { product, ...changes } = given;
    const { emulator, url } = this.world.emulator;
    const properties = this.world.properties({
      ...this.options,
      ...(product !== undefined && { cloud: this.cloud.product(emulator, product as string, url) }),
      ...(this.resolved(changes) as typeof changes),
    });
    return Object.fromEntries(Object.entries(properties).filter(([name]) => changes[name] !== null));
  }
}

function adopts({ events }: Fixture): boolean {
  return Object.values(events).some(
    ({ ResourceProperties: given }) => typeof given === 'object' && 'onExisting' in given,
  );
}
