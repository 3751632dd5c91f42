import type { CollectedDevice } from '../batch/ports/cloud';
import type { CredentialPlace, CredentialVault } from '../batch/ports/vault';

/**
 * Device secrets on their way from the cloud to the state: in the memory of this process and nowhere else. What the state had of them
 * is put in at the beginning of a call (`remember`), so that a change carries it over.
 */
export class MemoryVault implements CredentialVault {
  /** By batch, product and identity: a device that was registered anew has other secrets, and some APIs tell names only. */
  private readonly devices = new Map<string, CollectedDevice>();

  remember(owner: Owner, devices: Iterable<CollectedDevice>): void {
    for (const device of devices) this.devices.set(keyOf(owner, device), device);
  }

  /** The secrets of those of the devices that are known, in the order asked for. */
  of(owner: Owner, devices: Iterable<{ name: string; identity: string }>): CollectedDevice[] {
    return [...devices].flatMap((device) => this.devices.get(keyOf(owner, device)) ?? []);
  }

  async savePart(place: CredentialPlace, _part: string, devices: readonly CollectedDevice[]): Promise<void> {
    this.remember(place, devices);
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
