import { StoreVault } from '../lib/batch';
import type { CollectedDevice } from '../lib/batch/ports/cloud';
import type { CredentialPlace, CredentialVault } from '../lib/batch/ports/vault';
import { SecretsVault, type SecretsVaultPorts } from './secrets-vault';

/** Every place for secrets that a generation may have: each is kept where it belongs, and found wherever it is. */
export function credentialVaults(ports: SecretsVaultPorts): CredentialVault {
  return new CredentialVaults(new StoreVault(ports.store), new SecretsVault(ports));
}

class CredentialVaults implements CredentialVault {
  constructor(
    private readonly store: CredentialVault,
    private readonly secrets: CredentialVault,
  ) {}

  savePart(
    place: CredentialPlace,
    part: string,
    devices: readonly CollectedDevice[],
    confirm: () => Promise<void>,
  ): Promise<void> {
    return this.of(place).savePart(place, part, devices, confirm);
  }

  async *read(place: CredentialPlace, devices: ReadonlyMap<string, string>): AsyncIterable<CollectedDevice[]> {
    yield* this.store.read(place, devices);
    yield* this.secrets.read(place, devices);
  }

  finish(place: CredentialPlace): Promise<void> {
    return this.of(place).finish(place);
  }

  async forget(place: CredentialPlace): Promise<void> {
    await this.secrets.forget(place);
    await this.store.forget(place);
  }

  private of({ secrets }: CredentialPlace): CredentialVault {
    return secrets ? this.secrets : this.store;
  }
}
