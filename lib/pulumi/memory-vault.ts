import type { CollectedDevice } from '../batch/ports/cloud';
import type { CredentialPlace, CredentialVault } from '../batch/ports/vault';

/**
 * Device secrets on their way from the cloud to the state: in the memory of this process and nowhere else. What the state had of them
 * is put in at the beginning of a call (`remember`), so that a change carries it over.
 */
export class MemoryVault implements CredentialVault {
  /** By batch, product and identity: a device that was registered anew has other secrets. */
  private readonly remembered = new Map<string, CollectedDevice>();
  /** What the cloud told in this process. */
  private readonly told = new Map<string, CollectedDevice>();
  /** By generation, the names of those that only seem to be what is remembered. */
  private readonly others: Map<string, ReadonlySet<string>> = new Map();

  /**
   * `others`: which devices, by generation and name, are not those remembered. Some APIs tell names only, and then one that was
   * registered anew has the identity of the one before.
   */
  remember(owner: Owner, devices: Iterable<CollectedDevice>, others: ReadonlyMap<string, ReadonlySet<string>>): void {
    for (const device of devices) this.remembered.set(keyOf(owner, device), device);
    for (const [generationId, names] of others) this.others.set(generationId, names);
  }

  /** What the cloud tells now. */
  learn(owner: Owner, devices: Iterable<CollectedDevice>): void {
    for (const device of devices) this.told.set(keyOf(owner, device), device);
  }

  /** The secrets of those of a generation's devices that are known, in the order asked for. */
  of(place: CredentialPlace, devices: Iterable<{ name: string; identity: string }>): CollectedDevice[] {
    const others = this.others.get(place.generationId);
    return [...devices].flatMap((device) => {
      const key = keyOf(place, device);
      return this.told.get(key) ?? (others?.has(device.name) ? [] : (this.remembered.get(key) ?? []));
    });
  }

  async savePart(place: CredentialPlace, _part: string, devices: readonly CollectedDevice[]): Promise<void> {
    this.learn(place, devices);
  }

  async *read(place: CredentialPlace, devices: ReadonlyMap<string, string>): AsyncIterable<CollectedDevice[]> {
    yield this.of(
      place,
      [...devices].map(([name, identity]) => ({ name, identity })),
    );
  }

  async finish(): Promise<void> {
    // There is no index to write.
  }

  async forget(): Promise<void> {
    // It is forgotten with the process. Until then another batch may carry the devices over.
  }
}

type Owner = Pick<CredentialPlace, 'batchId' | 'product'>;

function keyOf({ batchId, product }: Owner, { name, identity }: { name: string; identity: string }): string {
  return JSON.stringify([batchId, product, name, identity]);
}
