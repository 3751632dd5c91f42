import type { Claims } from '../stack/claims';
import type { CallRecord } from '../world/calls';
import { BY_HAND } from '../world/settle-by-hand';
import type { SimulatedWorld } from '../world/world';
import type { DeviceHistory, DeviceStory } from './device-history';
import { CLOCK_SLACK_MS, FLIGHT_MS, SETTLE_MS, taskOf } from './lost-calls';
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
    /** Whether the store that whoever asks had to go by was an old one, which took the device for the batch's. */
    private readonly isMisled: (device: DeviceStory, batch: string) => boolean = () => false,
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
    const { name, identity, product, madeBy, madeAt } = device;
    const what = `${name} (${identity}) was deleted for ${call.batch}`;
    const ours = madeBy?.stack === call.stack || this.policies.isOursByName(name) || this.passesForOurs(device, call);
    if (!ours) return this.report.violated('I1', `${what}, and somebody else had registered it`);
    if (this.isMisled(device, call.batch)) return;
    // Who settles by hand and names the batch has everything of it removed that is not released.
    const wished = call.request === BY_HAND;
    if (!wished && this.policies.forbidDeletion(identity))
      this.report.violated('I1', `${what}, although it was to be retained`);
    const claim = this.claims.of(product, name, identity, madeAt);
    if (claim) this.report.violated('I1', `${what}, while ${claim.batch} lists it (${claim.id})`);
    if (this.couldBeKnownToConnect(device, call) && this.policies.forbidDeletionOfConnected(identity)) {
      this.report.violated('I1', `${what}, although it had connected`);
    }
  }

  /**
   * A cloud that deletes by name deletes whoever has it by then: another one may have taken the place of ours since the last look
   * at it, or at any time where a look tells names only.
   */
  private passesForOurs(device: DeviceStory, call: CallRecord): boolean {
    const { product, name, made } = device;
    if (!call.at.reference.tencent) return false;
    if (this.cameWhileOursWasLost(device, call)) return true;
    const before = this.history.named(product, name).filter((other) => other.made < made);
    // It was sent while ours was there, and came late.
    const wasThere = ({ deleted }: DeviceStory) => deleted !== undefined && deleted.at >= call.sentAt;
    if (before.some((other) => other.madeBy?.stack === call.stack && wasThere(other))) return true;
    // Who is killed right after a deletion has no time to write it down, and what is written down may be lost.
    const isKnownOf = (by?: CallRecord) => by?.told === 'yes' && !by.forgotten && !this.world.killed.has(by.process);
    if (!before.some(({ madeBy, deleted }) => madeBy?.stack === call.stack && !isKnownOf(deleted?.by))) return false;
    return !this.world.tellsDevices(product) || !this.hasSeen(product, name, made, call);
  }

  /** Whether it was made while a call of this stack for its name may have been at work, of which nobody knows the job. */
  private cameWhileOursWasLost({ product, name, madeAt }: DeviceStory, { stack }: CallRecord): boolean {
    const isWithin = (sentAt: number) =>
      madeAt >= sentAt - CLOCK_SLACK_MS && madeAt <= sentAt + FLIGHT_MS + SETTLE_MS + CLOCK_SLACK_MS;
    const { announced, killed, forsaken, calls } = this.world;
    // A process whose store fails it comes to no call.
    const cameToNone = (process: number) => !calls.all.some((call) => call.process === process && creates(call, name));
    const wasCutOff = (process: number) => killed.has(process) || forsaken.has(process) || cameToNone(process);
    const mayBeOurs = ({ at, since }: (typeof announced)[number]) => isWithin(at) || isWithin(since);
    if (announced.some((call) => call.stack === stack && wasCutOff(call.process) && mayBeOurs(call))) return true;
    return calls.all.some(
      (lost) =>
        lost.at.id === product &&
        lost.stack === stack &&
        creates(lost, name) &&
        !this.world.recordedJobs.has(taskOf(this.world, lost)?.taskId ?? '') &&
        lost.told !== 'no' &&
        isWithin(lost.sentAt),
    );
  }

  /** Whether the process had looked at the device, or at whether it exists, after that event. */
  private hasSeen(product: string, name: string, event: number, { process, seq }: CallRecord): boolean {
    return this.world.calls.all.some(
      (look) =>
        look.process === process &&
        look.seq < seq &&
        look.at.id === product &&
        look.at.looksAt(look, name) &&
        look.told === 'yes' &&
        (look.eventsBefore ?? -1) > event,
    );
  }

  /** A device that connects between the last look and the deletion is nobody's fault. */
  private couldBeKnownToConnect({ product, name, connected, connectedAt }: DeviceStory, call: CallRecord): boolean {
    if (connected === undefined || connectedAt === undefined) return false;
    const ofProcess = this.world.calls.all.filter(({ process }) => process === call.process);
    if (connectedAt < (ofProcess[0]?.sentAt ?? Infinity)) return true;
    return this.hasSeen(product, name, connected, call);
  }
}

function creates({ operation, names }: CallRecord, name: string): boolean {
  return operation === 'CreateMultiDevice' && names.includes(name);
}
