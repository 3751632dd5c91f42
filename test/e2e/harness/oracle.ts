import type { JournalCall, RunningEmulator } from '../../../emulator';

/** Name → identity (Alibaba: IotId). */
export type Inventory = ReadonlyMap<string, string>;

/**
 * What the IoT cloud says of a product, past everything that is tested: its devices, and its journal of what ever happened
 * to them.
 */
export class Oracle {
  constructor(
    private readonly cloud: RunningEmulator,
    readonly productKey = cloud.aliyun.productKey,
  ) {}

  /** The devices that there are. Journal and platform must agree on them. */
  get devices(): Inventory {
    const listed = new Map(
      this.cloud.emulator.aliyun.devices(this.productKey).map(({ deviceName, iotId }) => [deviceName, iotId]),
    );
    expect(asText(this.#replay())).toEqual(asText(listed));
    return listed;
  }

  /** Sorted. */
  get names(): string[] {
    return [...this.devices.keys()].sort();
  }

  /** How many jobs were told to create devices (I3), over all products. */
  get registrations(): number {
    return this.executed('BatchRegisterDeviceWithApplyId').length;
  }

  /** How many calls of any kind there were, over all products. */
  get calls(): number {
    return this.cloud.emulator.journal.calls().length;
  }

  executed(operation: string): readonly JournalCall[] {
    return this.cloud.emulator.journal.calls(operation).filter((call) => call.executed && call.code === undefined);
  }

  /** Each name that was ever created, with how many times. */
  get creations(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { event, deviceName } of this.#events()) {
      if (event === 'created') counts.set(deviceName, (counts.get(deviceName) ?? 0) + 1);
    }
    return counts;
  }

  #events() {
    this.cloud.emulator.settle();
    return this.cloud.emulator.journal.deviceEvents().filter(({ productKey }) => productKey === this.productKey);
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

/** The part of an inventory that has these names. */
export const only = (devices: Inventory, names: readonly string[]): Inventory =>
  new Map(names.map((name) => [name, devices.get(name) ?? 'missing']));

const asText = (devices: Inventory): string[] => [...devices].map(([name, identity]) => `${name} ${identity}`).sort();

/** `light-001` … as the example has them. */
export const lights = (count: number, first = 1): string[] =>
  Array.from({ length: count }, (_, i) => `light-${String(first + i).padStart(3, '0')}`);
