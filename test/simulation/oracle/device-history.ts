import type { CallRecord } from '../world/calls';
import type { SimulatedWorld } from '../world/world';

/** What the cloud's own journal says of one device. */
export interface DeviceStory {
  product: string;
  name: string;
  identity: string;
  /** The call that had it made; undefined if somebody else made it. */
  madeBy?: CallRecord;
  madeAt: number;
  /** The place of its first connection among all events. */
  connected?: number;
  connectedAt?: number;
  deleted?: { at: number; by?: CallRecord };
}

/** The cloud's journal, device by device. */
export class DeviceHistory {
  private readonly byIdentity = new Map<string, DeviceStory>();
  private read = 0;

  constructor(private readonly world: SimulatedWorld) {}

  all(): DeviceStory[] {
    this.catchUp();
    return [...this.byIdentity.values()];
  }

  of(identity: string): DeviceStory | undefined {
    this.catchUp();
    return this.byIdentity.get(identity);
  }

  private catchUp(): void {
    const { events, calls } = this.world;
    for (; this.read < events.length; this.read++) {
      const event = events[this.read];
      if (!event) return;
      const { identity, productKey: product, deviceName: name, time } = event;
      const by = calls.byId(event.requestId);
      const story = this.byIdentity.get(identity);
      if (event.event === 'created' || event.event === 'seeded') {
        this.byIdentity.set(identity, { product, name, identity, madeAt: time, ...(by && { madeBy: by }) });
      } else if (event.event === 'connected' && story) {
        story.connected ??= this.read;
        story.connectedAt ??= time;
      } else if (event.event === 'deleted' && story) story.deleted = { at: time, ...(by && { by }) };
    }
  }
}
