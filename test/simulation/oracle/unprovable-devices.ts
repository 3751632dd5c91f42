import type { SimulatedWorld } from '../world/world';
import type { Answers } from './answers';
import type { DeviceStory } from './device-history';
import { CLOCK_SLACK_MS, FLIGHT_MS, SETTLE_MS } from './lost-calls';
import type { Policies } from './policies';
import { rememberedGenerations } from './stored';

/**
 * Devices that nobody can prove to be the stack's: those of a job whose id never came to be recorded, because the answer that
 * told it was lost. They are never deleted, and an answer or the log has to name them.
 */
export class UnprovableDevices {
  constructor(
    private readonly world: SimulatedWorld,
    private readonly answers: Answers,
    private readonly policies: Policies,
  ) {}

  has(device: DeviceStory): boolean {
    const { madeBy } = device;
    if (madeBy?.operation === 'BatchRegisterDevice') return this.isOfLostRequest(device);
    return madeBy !== undefined && !madeBy.at.tellsLostJobs && this.isOfLostTask(device);
  }

  /**
   * Made by a request without names. An answer or the log names the device, unless the batch still has to find out, or there was no
   * device yet when it told of the job.
   */
  private isOfLostRequest(device: DeviceStory): boolean {
    const { name, product } = device;
    const remembered = rememberedGenerations(this.world.store);
    const open = remembered.some(({ kind, cloudKey }) => kind === 'assigned' && cloudKey.endsWith(`/${product}`));
    return open || this.answers.name(name) || this.answers.toldOfUnknownJob(device);
  }

  /**
   * Made by a task whose id came with a lost answer. Its devices are shown by their names alone: a time of creation while the call may
   * have been at work proves whose they are, if the cloud tells it and that they have never connected.
   */
  private isOfLostTask(device: DeviceStory): boolean {
    const { job = '', name, madeBy, madeAt, connected } = device;
    if (this.world.recordedJobs.has(job)) return false;
    // By then it had made nothing for so long that it counted as over.
    if (madeAt > (madeBy?.sentAt ?? 0) + FLIGHT_MS + SETTLE_MS) return true;
    if (this.policies.isOursByName(name)) return false;
    const tells = this.world.tellsDevices(device.product) && this.world.setting.tencent.createTime !== 'null';
    const isProvable = tells && connected === undefined && this.wasAnnounced(device);
    return !isProvable && this.answers.suspect(name);
  }

  /** Whether it came in time after an announcement: a process that stood still in between calls when nobody expects it any more. */
  private wasAnnounced({ madeBy, madeAt }: DeviceStory): boolean {
    const longest = ANNOUNCEMENT_MS + FLIGHT_MS + SETTLE_MS + CLOCK_SLACK_MS;
    return this.world.announced.some(
      ({ stack, batch, at, since }) =>
        stack === madeBy?.stack && batch === madeBy.batch && madeAt >= at - CLOCK_SLACK_MS && madeAt <= since + longest,
    );
  }
}

/** What the engine adds for the writing of an announcement itself. */
const ANNOUNCEMENT_MS = 5_000;
