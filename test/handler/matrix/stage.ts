import type { AliyunCloud, EmulatorOptions, Fault, FaultMatch } from '../../../emulator';
import type { CustomResourceEvent } from '../../../handler/framework';
import { batchIdOf } from '../../../handler/batch-id';
import { headSchema, type Head } from '../../../lib/batch/record/head';
import { HandlerWorld } from '../../support/handler-world';
import type { CfnResponse } from '../../support/provider-framework';
import type { Fixture, FixtureEvent } from './fixture';

/** A product of the same account beside the first. */
export const OTHER_PRODUCT = 'a1Other00001';

/** Plays the events of a fixture to the handler, as CloudFormation does. */
export class Stage {
  private readonly ids = new Map<string, string>();
  private readonly skipped = new Set<string>();
  private readonly events = new Map<string, CustomResourceEvent>();
  private readonly answers = new Map<string, CfnResponse>();

  private constructor(
    readonly fixture: Fixture,
    readonly world: HandlerWorld,
  ) {}

  static async open(fixture: Fixture, options: EmulatorOptions): Promise<Stage> {
    const world = await HandlerWorld.start(options);
    world.emulator.emulator.aliyun.seed({ products: [{ productKey: OTHER_PRODUCT }] });
    return new Stage(fixture, world);
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

  get cloud(): AliyunCloud {
    return this.world.emulator.emulator.aliyun;
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
    const devices = this.cloud.devices();
    return Object.fromEntries(devices.map(({ deviceName, iotId }) => [deviceName, iotId]));
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

  private propertiesOf(given: FixtureEvent['ResourceProperties']): Record<string, unknown> {
    if (typeof given === 'string')
      return this.propertiesOf(this.blueprint(given.slice('those of '.length)).ResourceProperties);
    const { productKey, ...changes } = given;
    const properties = this.world.properties(changes);
    if (productKey !== undefined) Object.assign((properties.cloud as { aliyun: object }).aliyun, { productKey });
    return Object.fromEntries(Object.entries(properties).filter(([name]) => changes[name] !== null));
  }
}
