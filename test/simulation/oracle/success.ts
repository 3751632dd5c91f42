import { countNames } from '../../../lib/batch/contract';
import type { Claim } from '../stack/claims';
import type { CfnResponse } from '../stack/framework';
import { namesIn, productOf, type BatchSpec } from '../stack/spec';
import type { SimulatedWorld } from '../world/world';
import type { DeviceHistory } from './device-history';
import type { Report } from './report';
import { managedSecrets, readJson, storedSecrets, type StoredManifest } from './stored';

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
      if (!this.existed(identity, name, productOf(spec), this.told.has(id) ? 0 : since))
        bad(`there is no ${name} (${identity})`);
    }
    if (spec.deviceCredentials !== 'none')
      this.checkSecrets(manifest, this.secretsOf(spec, id, String(Data?.ManifestKey)), bad);
    this.told.add(id);
  }

  manifestOf({ Data }: CfnResponse): StoredManifest | undefined {
    return readJson<StoredManifest>(this.world.store, String(Data?.ManifestKey));
  }

  claimOf(batch: string, spec: BatchSpec, response: CfnResponse): Claim {
    const devices = new Map(this.manifestOf(response)?.devices.map(({ name, id }) => [name, id]));
    return {
      batch,
      id: response.PhysicalResourceId,
      product: productOf(spec),
      policy: spec,
      devices,
    };
  }

  private existed(identity: string, name: string, product: string, since: number): boolean {
    const story = this.history.of(identity);
    if (!story || story.name !== name || story.product !== product) return false;
    return !story.deleted || (story.deleted.by === undefined && story.deleted.at >= since);
  }

  /** The secrets of a generation, where the template wants them. */
  private secretsOf(spec: BatchSpec, id: string, manifestKey: string): Map<string, string> {
    if (typeof spec.deviceCredentials === 'object') return managedSecrets(this.world.secrets, id);
    const prefix = manifestKey.replace(/^manifests/, 'credentials').replace(/\.json$/, '/');
    return storedSecrets(this.world.store, prefix);
  }

  private checkSecrets(
    manifest: StoredManifest,
    secrets: ReadonlyMap<string, string>,
    bad: (text: string) => void,
  ): void {
    for (const { name, id } of manifest.devices) {
      const secret = secrets.get(`${name} ${id}`);
      const true_ = this.world.emulator.aliyun.platform.deviceByIotId(id)?.deviceSecret;
      if (secret === undefined) bad(`the secret of ${name} is not stored`);
      else if (true_ !== undefined && secret !== true_) bad(`the stored secret of ${name} is another one`);
    }
  }
}
