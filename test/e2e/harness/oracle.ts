import type { RunningEmulator } from '../../../emulator';

/** Name → identity (Alibaba: IotId; Tencent: SHA-256 of the certificate or key). */
export type Inventory = ReadonlyMap<string, string>;

/**
 * What the IoT cloud says of a product, past everything that is tested: its devices, and its journal of what ever happened
 * to them.
 */
export class Oracle {
  constructor(
    private readonly cloud: RunningEmulator,
    /** Alibaba's ProductKey or Tencent's ProductId. */
    readonly product = cloud.aliyun.productKey,
  ) {}

  /** The devices that there are. Journal and platform must agree on them. */
  get devices(): Inventory {
    const { aliyun, tencent } = this.cloud.emulator;
    const listed = new Map([
      ...aliyun.devices(this.product).map(({ deviceName, iotId }) => [deviceName, iotId] as const),
      ...tencent.devices(this.product).map(({ deviceName, identity }) => [deviceName, identity] as const),
    ]);
    expect(asText(this.#replay())).toEqual(asText(listed));
    return listed;
  }

  /** Sorted. */
  get names(): string[] {
    return [...this.devices.keys()].sort();
  }

  /** How many jobs were told to create devices (I3), over all products. */
  get registrations(): number {
    const calls = this.cloud.emulator.journal.calls();
    return calls.filter((call) => REGISTRATIONS.has(call.operation) && call.executed && call.code === undefined).length;
  }

  /** How many calls of any kind there were, over all products. */
  get calls(): number {
    return this.cloud.emulator.journal.calls().length;
  }

  /** How often each device was created that ever was, by name: a second time is one too many (I3). */
  get creations(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const name of this.#namesOf('created')) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  }

  /** The names of all devices that were ever deleted, in that order. */
  get deletions(): string[] {
    return this.#namesOf('deleted');
  }

  #namesOf(wanted: 'created' | 'deleted'): string[] {
    return this.#events().flatMap(({ event, deviceName }) => (event === wanted ? [deviceName] : []));
  }

  #events() {
    this.cloud.emulator.settle();
    return this.cloud.emulator.journal.deviceEvents().filter(({ productKey }) => productKey === this.product);
  }

  #replay(): Map<string, string> {
    const devices = new Map<string, string>();
    for (const { event, deviceName, identity } of this.#events()) {
      if (event === 'created' || event === 'seeded') devices.set(deviceName, identity);
      if (event === 'deleted') devices.delete(deviceName);
    }
    return devices;
  }
}

/** The calls of each cloud that start a job. */
const REGISTRATIONS = new Set(['BatchRegisterDeviceWithApplyId', 'CreateMultiDevice']);

/** The part of an inventory that has these names. */
export const only = (devices: Inventory, names: readonly string[]): Inventory =>
  new Map(names.map((name) => [name, devices.get(name) ?? 'missing']));

const asText = (devices: Inventory): string[] => [...devices].map(([name, identity]) => `${name} ${identity}`).sort();

/** `light-001` … as a sequence has them. */
export const numbered = (prefix: string, count: number, first = 1): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(first + i).padStart(3, '0')}`);

export const lights = (count: number, first = 1): string[] => numbered('light-', count, first);
