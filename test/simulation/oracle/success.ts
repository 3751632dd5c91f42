import { countNames } from '../../../lib/batch/contract';
import { products } from '../clouds/products';
import type { Claim } from '../stack/claims';
import type { CfnResponse } from '../stack/framework';
import { isByName } from '../stack/identities';
import { namesIn, productOf, type BatchSpec } from '../stack/spec';
import type { SimulatedWorld } from '../world/world';
import type { DeviceHistory, DeviceStory } from './device-history';
import type { Report } from './report';
import { managedSecrets, readJson, storedSecrets, type StoredManifest, type StoredSecrets } from './stored';

/** I4: who tells success has every device, the one that the manifest names, with its secret where it was to be. */
export class Successes {
  /** Ids that were told before: given back they say nothing about drift. */
  private readonly told = new Set<string>();

  constructor(
    private readonly world: SimulatedWorld,
    private readonly history: DeviceHistory,
    private readonly report: Report,
  ) {}

  /** `since`: when the request was first sent; what somebody else did after that is not held against it. */
  check(batch: string, spec: BatchSpec, response: CfnResponse, since: number): void {
    const { PhysicalResourceId: id, Data } = response;
    const manifest = this.manifestOf(response);
    const bad = (text: string) => this.report.violated('I4', `${batch} told success with ${id}, and ${text}`);
    if (!manifest) return bad('there is no manifest');
    const names = manifest.devices.map(({ name }) => name);
    const wanted = namesIn(spec);
    if (wanted && names.join() !== wanted.join()) bad(`its manifest lists ${names.join()} instead of ${wanted.join()}`);
    const count = countNames(spec.devices) || names.length;
    if (names.length !== count || new Set(names).size !== count)
      bad(`it has ${names.length} devices instead of ${count}`);
    if (Number(Data?.DeviceCount) !== names.length) bad(`its DeviceCount is ${String(Data?.DeviceCount)}`);
    if (manifest.generation !== id) bad(`its manifest is that of ${manifest.generation}`);
    for (const { name, id: identity } of manifest.devices) {
      if (!this.existed(this.storyOf(spec, name, identity), this.told.has(id) ? 0 : since))
        bad(`there is no ${name} (${identity})`);
    }
    if (spec.deviceCredentials !== 'none')
      this.checkSecrets(spec, manifest, this.secretsOf(spec, id, String(Data?.ManifestKey)), bad);
    this.told.add(id);
  }

  manifestOf({ Data }: CfnResponse): StoredManifest | undefined {
    return readJson<StoredManifest>(this.world.store, String(Data?.ManifestKey));
  }

  claimOf(batch: string, spec: BatchSpec, response: CfnResponse): Claim {
    const listed = this.manifestOf(response)?.devices ?? [];
    const devices = new Map(listed.map(({ name, id }) => [name, this.storyOf(spec, name, id)?.identity ?? id]));
    return {
      batch,
      id: response.PhysicalResourceId,
      product: productOf(spec),
      policy: spec,
      devices,
      byName: new Set(listed.filter(({ id }) => isByName(id)).map(({ name }) => name)),
    };
  }

  /** The device that a manifest lists: the newest of its name, where no other can be told from it. */
  private storyOf(spec: BatchSpec, name: string, identity: string): DeviceStory | undefined {
    const product = productOf(spec);
    const named = this.history.named(product, name);
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
    return !story.deleted || (story.deleted.by === undefined && story.deleted.at >= since);
  }

  /** The secrets of a generation, where the template wants them. */
  private secretsOf(spec: BatchSpec, id: string, manifestKey: string): Map<string, StoredSecrets> {
    if (typeof spec.deviceCredentials === 'object') return managedSecrets(this.world.secrets, id);
    const prefix = manifestKey.replace(/^manifests/, 'credentials').replace(/\.json$/, '/');
    return storedSecrets(this.world.store, prefix);
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
      if (!stored || !story || (story.identity !== id && this.wasReplacedByHand(story))) continue;
      const told = products[spec.product].secretsOf(this.world.emulator, story.identity) ?? {};
      for (const [field, secret] of Object.entries(told)) {
        if (stored[field] !== secret)
          bad(`the stored ${field} of ${name} is ${field in stored ? 'another one' : 'missing'}`);
      }
    }
  }
}
