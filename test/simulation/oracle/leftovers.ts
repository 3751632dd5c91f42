import type { Claims } from '../stack/claims';
import type { SimulatedWorld } from '../world/world';
import type { DeviceHistory, DeviceStory } from './device-history';
import type { Policies } from './policies';
import type { Report } from './report';
import { answersFor, rememberedGenerations } from './stored';

/** I2 and I11: what nobody lists any more is gone, or else the store knows of it. */
export class Leftovers {
  constructor(
    private readonly world: SimulatedWorld,
    private readonly history: DeviceHistory,
    private readonly claims: Claims,
    private readonly policies: Policies,
    private readonly report: Report,
  ) {}

  /** Devices that our calls made and that no deployed batch lists. */
  all(): DeviceStory[] {
    this.world.emulator.settle();
    return this.history
      .all()
      .filter(({ madeBy, deleted }) => madeBy && !deleted)
      .filter(({ product, name, identity }) => !this.claims.of(product, name, identity));
  }

  /** Whether anything is owed, or still runs. */
  debts(): boolean {
    return this.all().length > 0 || this.jobsRun();
  }

  jobsRun(): boolean {
    return this.world.emulator.aliyun.platform.listApplications().some(({ status }) => status === 'CREATE');
  }

  /** I11, which holds whenever nobody is at work. */
  checkRemembered(): void {
    const { store } = this.world;
    const remembered = rememberedGenerations(store);
    for (const device of this.all()) {
      const { product, name, identity } = device;
      if (this.isUnprovable(device)) continue;
      const known = remembered.some(
        (each) => each.cloudKey.endsWith(`/${product}`) && answersFor(store, each, name, identity),
      );
      if (!known) this.report.violated('I11', `${name} (${identity}) is left, and the store knows nothing of it`);
    }
  }

  /** I2, for a change during which nothing went wrong, or for the end. */
  checkNone(when: string): void {
    for (const device of this.all()) {
      const { name, identity, connected } = device;
      if (this.isUnprovable(device) || this.isSkipped(device)) continue;
      if (connected !== undefined && this.policies.forbidDeletion(identity)) continue;
      this.report.violated('I2', `${name} (${identity}) is left ${when}`);
    }
  }

  /** At the end, when every batch was deleted: not even what had connected. */
  checkNothingAtAll(): void {
    for (const device of this.all()) {
      if (this.isUnprovable(device) || this.isSkipped(device)) continue;
      this.report.violated('I2', `${device.name} (${device.identity}) is left after everything was deleted`);
    }
    for (const { id, phase } of rememberedGenerations(this.world.store)) {
      const skipped = this.claims.skipped.some((claim) => claim.id === id);
      if (!skipped && phase !== 'standing')
        this.report.violated('I2', `${id} is still ${phase} after everything was deleted`);
    }
  }

  /** Made by a request without names whose answer was lost: its job is known to nobody. */
  private isUnprovable({ madeBy }: DeviceStory): boolean {
    if (madeBy?.operation !== 'BatchRegisterDevice') return false;
    return madeBy.told === 'nothing' || this.world.killed.has(madeBy.process);
  }

  /**
   * CloudFormation went on without the Delete that would have told the handler, or never heard that there is something to
   * delete: then `status` shows what still stands.
   */
  private isSkipped({ name, identity }: DeviceStory): boolean {
    const { skipped, unheard } = this.claims;
    return [...skipped, ...unheard.values()].some(({ devices }) => devices.get(name) === identity);
  }
}
