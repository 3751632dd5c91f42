import type { Claims } from '../stack/claims';
import type { CallRecord } from '../world/calls';
import { BY_HAND } from '../world/settle-by-hand';
import type { SimulatedWorld } from '../world/world';
import type { DeviceHistory, DeviceStory } from './device-history';
import type { Policies } from './policies';
import type { Report } from './report';

/** I1: whatever is deleted was ours, is listed by nobody, and has never connected or may be deleted all the same. */
export class Deletions {
  private seen = 0;

  constructor(
    private readonly world: SimulatedWorld,
    private readonly history: DeviceHistory,
    private readonly claims: Claims,
    private readonly policies: Policies,
    private readonly report: Report,
  ) {}

  /** To be called right after a call was executed, while the claims are those of this moment. */
  executed(call: CallRecord): void {
    const { events } = this.world;
    for (; this.seen < events.length; this.seen++) {
      const event = events[this.seen];
      if (event?.event !== 'deleted' || event.requestId !== call.requestId) continue;
      const story = this.history.of(event.identity);
      if (story) this.judge(story, call);
    }
  }

  private judge(device: DeviceStory, call: CallRecord): void {
    const { name, identity, product, madeBy } = device;
    const what = `${name} (${identity}) was deleted for ${call.batch}`;
    const ours = madeBy?.stack === call.stack || this.policies.isOursByName(name);
    if (!ours) return this.report.violated('I1', `${what}, and somebody else had registered it`);
    // Who settles by hand and names the batch has everything of it removed that is not released.
    const wished = call.request === BY_HAND;
    if (!wished && this.policies.forbidDeletion(identity))
      this.report.violated('I1', `${what}, although it was to be retained`);
    const claim = this.claims.of(product, name, identity);
    if (claim) this.report.violated('I1', `${what}, while ${claim.batch} lists it (${claim.id})`);
    if (this.couldBeKnownToConnect(device, call) && this.policies.forbidDeletionOfConnected(identity)) {
      this.report.violated('I1', `${what}, although it had connected`);
    }
  }

  /** A device that connects between the last look and the deletion is nobody's fault. */
  private couldBeKnownToConnect({ name, connected, connectedAt }: DeviceStory, call: CallRecord): boolean {
    if (connected === undefined || connectedAt === undefined) return false;
    const ofProcess = this.world.calls.all.filter(({ process }) => process === call.process);
    if (connectedAt < (ofProcess[0]?.sentAt ?? Infinity)) return true;
    return ofProcess.some(
      ({ operation, names, told, eventsBefore = -1, seq }) =>
        operation === 'BatchQueryDeviceDetail' &&
        names.includes(name) &&
        told === 'yes' &&
        seq < call.seq &&
        eventsBefore > connected,
    );
  }
}
