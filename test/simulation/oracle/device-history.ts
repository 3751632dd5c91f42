import type { CallRecord } from '../world/calls';
import type { SimulatedWorld } from '../world/world';

/** What the cloud's own journal says of one device. */
export interface DeviceStory {
  product: string;
  name: string;
  identity: string;
  /** The call that had it made; undefined if somebody else made it. */
  madeBy?: CallRecord;
  /** The cloud's id of the job that made it. */
  job?: string;
  /** The place of its creation among all events. */
  made: number;
  madeAt: number;
  /** The place of its first connection among all events. */
  connected?: number;
  connectedAt?: number;
  deleted?: { at: number; by?: CallRecord };
}

/** The cloud's journal, device by device. */
export class DeviceHistory {
  private readonly byIdentity = new Map<string, DeviceStory>();
  private readonly byName = new Map<string, DeviceStory[]>();
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

  /** Every device that ever had the name, oldest first. */
  named(product: string, name: string): readonly DeviceStory[] {
    this.catchUp();
    return this.byName.get(`${product} ${name}`) ?? [];
  }

  private catchUp(): void {
    const { events, calls } = this.world;
    for (; this.read < events.length; this.read++) {
      const event = events[this.read];
      if (!event) return;
      const { identity, productKey: product, deviceName: name, time, jobId: job } = event;
      const by = calls.byId(event.requestId);
      const story = this.byIdentity.get(identity);
      if (event.event === 'created' || event.event === 'seeded') {
        const made: DeviceStory = {
          product,
          name,
          identity,
          made: this.read,
          madeAt: time,
          ...(job !== undefined && { job }),
          ...(by && { madeBy: by }),
        };
        this.byIdentity.set(identity, made);
        const key = `${product} ${name}`;
        this.byName.set(key, [...(this.byName.get(key) ?? []), made]);
      } else if (event.event === 'connected' && story) {
        story.connected ??= this.read;
        story.connectedAt ??= time;
      } else if (event.event === 'deleted' && story) story.deleted = { at: time, ...(by && { by }) };
    }
  }
}
