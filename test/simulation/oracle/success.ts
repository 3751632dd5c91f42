import { countNames } from '../../../lib/batch/contract';
import { products } from '../clouds/products';
import type { Claim } from '../stack/claims';
import { isByName } from '../stack/identities';
import { namesIn, productOf, type BatchSpec } from '../stack/spec';
import type { SimulatedWorld } from '../world/world';
import type { DeviceHistory, DeviceStory } from './device-history';
import type { Report } from './report';
import type { StoredManifest, StoredSecrets } from './stored';

/** A batch as somebody is told that it is deployed. */
export interface Deployed {
  /** By which whoever is told knows it. */
  id: string;
  generation: string;
  manifest?: StoredManifest;
  count: number;
  /** Those of its devices, where they were to be put. */
  secrets: () => ReadonlyMap<string, StoredSecrets>;
}

/** I4: who tells success has every device, the one that the manifest names, with its secret where it was to be. */
export class Successes {
  /** Ids that were told before: given back they say nothing about drift. */
  private readonly told = new Set<string>();
  /** When a generation was first told. */
  private readonly firstTold = new Map<string, number>();

  constructor(
    private readonly world: SimulatedWorld,
    private readonly history: DeviceHistory,
    private readonly report: Report,
    /** Whether somebody goes by an old state or journal, to which the device is still there, or an earlier one of its name. */
    private readonly isMistaken: (story: DeviceStory) => boolean = () => false,
    /** Whether whatever told that the device was made is lost: it passes for an earlier one of its name. */
    private readonly isForgotten: (story: DeviceStory) => boolean = () => false,
  ) {}

  /** `since`: when the request was first sent; what somebody else did after that is not held against it. */
  check(
    batch: string,
    spec: BatchSpec,
    { generation: id, manifest, count: told, secrets }: Deployed,
    since: number,
  ): void {
    const bad = (text: string) => this.report.violated('I4', `${batch} told success with ${id}, and ${text}`);
    if (!manifest) return bad('there is no manifest');
    const names = manifest.devices.map(({ name }) => name);
    const wanted = namesIn(spec);
    if (wanted && names.join() !== wanted.join()) bad(`its manifest lists ${names.join()} instead of ${wanted.join()}`);
    const count = countNames(spec.devices) || names.length;
    if (names.length !== count || new Set(names).size !== count)
      bad(`it has ${names.length} devices instead of ${count}`);
    if (told !== names.length) bad(`its count is ${told}`);
    if (manifest.generation !== id) bad(`its manifest is that of ${manifest.generation}`);
    // What was told before says nothing of what became of its devices since, nor of others that got their names.
    const [from, until] = this.told.has(id) ? [0, this.firstTold.get(id)] : [since];
    for (const { name, id: identity } of manifest.devices) {
      const story = this.storyOf(spec, name, identity, until);
      if (!this.existed(story, from) && !(story && this.isMistaken(story))) bad(`there is no ${name} (${identity})`);
    }
    if (spec.deviceCredentials !== 'none') this.checkSecrets(spec, manifest, secrets(), bad);
    this.told.add(id);
  }

  claimOf(batch: string, spec: BatchSpec, { id, generation, manifest }: Deployed): Claim {
    const toldAt = this.firstTold.get(generation) ?? this.world.timeline.now();
    this.firstTold.set(generation, toldAt);
    const listed = manifest?.devices ?? [];
    const identityOf = ({ name, id: identity }: StoredManifest['devices'][number]) => {
      const story = this.storyOf(spec, name, identity);
      // Nobody can mean one that was made since, by name or as another API has recorded it.
      const isAnother = story && story.identity !== identity && story.madeAt > toldAt;
      return story && !isAnother ? story.identity : identity;
    };
    const devices = new Map(listed.map((device) => [device.name, identityOf(device)]));
    return {
      batch,
      id,
      product: productOf(spec),
      policy: spec,
      devices,
      byName: new Set(listed.filter((each) => isByName(each.id)).map(({ name }) => name)),
      toldAt,
    };
  }

  /** The device that a manifest lists: the newest of its name, where no other can be told from it. */
  private storyOf(spec: BatchSpec, name: string, identity: string, until = Infinity): DeviceStory | undefined {
    const product = productOf(spec);
    const named = this.history.named(product, name).filter(({ madeAt }) => madeAt <= until);
    const tells = products[spec.product].tellsDevices && !isByName(identity);
    if (tells) return named.find((story) => story.identity === identity);
    return this.world.tellsDevices(product) ? undefined : named.at(-1);
  }

  /** Whether somebody has deleted an earlier device of its name: an API that tells names only takes one for the other. */
  private wasReplacedByHand({ product, name, identity }: DeviceStory): boolean {
    const others = this.history.named(product, name).filter((other) => other.identity !== identity);
    return others.some(({ madeBy, deleted }) => madeBy !== undefined && deleted !== undefined && !deleted.by);
  }

  private existed(story: DeviceStory | undefined, since: number): boolean {
    if (!story) return false;
    const { deleted } = story;
    return !deleted || (deleted.at >= since && deleted.by === undefined);
  }

  private checkSecrets(
    spec: BatchSpec,
    manifest: StoredManifest,
    secrets: ReadonlyMap<string, StoredSecrets>,
    bad: (text: string) => void,
  ): void {
    for (const { name, id } of manifest.devices) {
      const stored = secrets.get(`${name} ${id}`);
      if (stored === undefined) bad(`the secret of ${name} is not stored`);
      const story = this.storyOf(spec, name, id);
      if (!stored || !story) continue;
      const passesForAnother = this.wasReplacedByHand(story) || this.isMistaken(story) || this.isForgotten(story);
      if (story.identity !== id && passesForAnother) continue;
      const told = products[spec.product].secretsOf(this.world.emulator, story.identity) ?? {};
      for (const [field, secret] of Object.entries(told)) {
        if (stored[field] !== secret)
          bad(`the stored ${field} of ${name} is ${field in stored ? 'another one' : 'missing'}`);
      }
    }
  }
}
