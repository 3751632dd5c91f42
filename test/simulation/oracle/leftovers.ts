import type { Claims } from '../stack/claims';
import type { SimulatedWorld } from '../world/world';
import type { Answers } from './answers';
import type { DeviceHistory, DeviceStory } from './device-history';
import type { Policies } from './policies';
import type { Report } from './report';
import { answersFor, releasedIdentities, rememberedGenerations, type StoredGeneration } from './stored';
import { UnprovableDevices } from './unprovable-devices';

/** Who asks for batches. */
export interface Asker {
  /** By the id of its stack. */
  stack: () => string;
  /** Whether it cannot be held against us that a generation has devices still. */
  isExcused: (generation: StoredGeneration) => boolean;
  /** Whether it has lost what told of the device. */
  isForgotten?: (device: DeviceStory) => boolean;
  /** Whether it knows of the device itself. */
  isKnown?: (device: DeviceStory) => boolean;
}

/** I2 and I11: what nobody lists any more is gone, or else the store knows of it. */
export class Leftovers {
  private readonly unprovable: UnprovableDevices;

  constructor(
    private readonly world: SimulatedWorld,
    private readonly history: DeviceHistory,
    private readonly claims: Claims,
    private readonly policies: Policies,
    private readonly report: Report,
    private readonly asker: Asker,
    answers: Answers,
  ) {
    this.unprovable = new UnprovableDevices(world, answers, policies);
  }

  /** Devices that our calls made and that no deployed batch lists. */
  all(): DeviceStory[] {
    this.world.emulator.settle();
    return this.history
      .all()
      .filter(({ madeBy, deleted }) => madeBy?.stack === this.asker.stack() && !deleted)
      .filter(({ product, name, identity }) => !this.claims.of(product, name, identity))
      .filter((device) => !this.asker.isForgotten?.(device));
  }

  /** Whether anything is owed, or still runs. */
  debts(): boolean {
    return this.all().length > 0 || this.jobsRun();
  }

  jobsRun(): boolean {
    return this.world.jobsRun();
  }

  /** I11, which holds whenever nobody is at work. */
  checkRemembered(): void {
    const { store } = this.world;
    const remembered = rememberedGenerations(store);
    for (const device of this.all()) {
      const { product, name, identity } = device;
      if (this.unprovable.has(device) || this.mayStay(device) || this.asker.isKnown?.(device)) continue;
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
      if (this.unprovable.has(device) || this.isExcused(device) || this.isKept(device)) continue;
      if (connected !== undefined && this.policies.forbidDeletionOfConnected(identity)) continue;
      this.report.violated('I2', `${name} (${identity}) is left ${when}`);
    }
  }

  /** At the end, when every batch was deleted: not even what had connected. */
  checkNothingAtAll(): void {
    for (const device of this.all()) {
      if (this.unprovable.has(device) || this.isExcused(device)) continue;
      this.report.violated('I2', `${device.name} (${device.identity}) is left after everything was deleted`);
    }
  }

  /** Whether the bucket goes with its stack, and does not stay for devices that were released. */
  mayBeEmptied(): boolean {
    return releasedIdentities(this.world.store).size === 0;
  }

  /** The identities of devices that stay with nobody knowing of them, and may. */
  staying(): Set<string> {
    const staying = this.all().filter((device) => this.unprovable.has(device) || this.mayStay(device));
    return new Set(staying.map(({ identity }) => identity));
  }

  /** The store may be kept only for what CloudFormation never asked to be deleted. */
  checkRefused(reason: string): void {
    const known = rememberedGenerations(this.world.store);
    if (!reason.endsWith('[StoreInUse]')) this.report.violated('I6', `the store was not emptied: ${reason}`);
    if (known.some((generation) => this.asker.isExcused(generation))) return;
    this.report.violated('I2', `everything was deleted, and the store is kept: ${reason}`);
  }

  /** I11, when nothing remembers anything any more. */
  checkEmptied(staying: ReadonlySet<string>): void {
    const [key] = this.world.store.objects.keys();
    if (key !== undefined) this.report.violated('I11', `${key} is left in a store that was emptied`);
    for (const { name, identity } of this.all()) {
      if (!staying.has(identity)) this.report.violated('I11', `${name} (${identity}) is left, and the store is empty`);
    }
  }

  private mayStay(device: DeviceStory): boolean {
    return this.policies.mayStay(device, releasedIdentities(this.world.store));
  }

  /** A failed change kept it, as it was asked to. */
  private isKept({ name, identity }: DeviceStory): boolean {
    const { store } = this.world;
    const kept = rememberedGenerations(store).filter(({ phase }) => phase === 'failed');
    return kept.some((generation) => answersFor(store, generation, name, identity));
  }

  /**
   * Whoever asks went on without the Delete that would have told us, or never heard that there is something to delete: then it is
   * owed, or `status` shows what still stands.
   */
  private isExcused(device: DeviceStory): boolean {
    if (this.mayStay(device)) return true;
    const { store } = this.world;
    return rememberedGenerations(store).some(
      (generation) => this.asker.isExcused(generation) && answersFor(store, generation, device.name, device.identity),
    );
  }
}
