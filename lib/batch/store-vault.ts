import { gunzipSync, gzipSync } from 'node:zlib';
import { BatchError } from './errors';
import type { CollectedDevice } from './ports/cloud';
import type { Store, StoredObject } from './ports/store';
import type { CredentialPlace, CredentialVault } from './ports/vault';
import { keys } from './record/keys';

/** One line of a part: the device's name and identity, and its secrets under the vendor's own member names. */
type CredentialLine = { name: string; id: string } & Record<string, string>;

/**
 * Keeps device secrets in the store, below `credentials/<batch>/<generation>/`: gzipped NDJSON, a part a job, and
 * `index.json` that lists the parts. Never one object: 100,000 certificates are 300 MB. Whoever provides the store sees to it
 * that it is encrypted and that only those may read the prefix who should.
 */
export class StoreVault implements CredentialVault {
  constructor(private readonly store: Store) {}

  async savePart(place: CredentialPlace, part: string, devices: readonly CollectedDevice[]): Promise<void> {
    const lines = devices.map((device) => `${credentialText(device)}\n`);
    await this.store.put(`${prefixOf(place)}${part}.ndjson.gz`, gzipSync(lines.join('')));
  }

  async *read(place: CredentialPlace, devices: ReadonlyMap<string, string>): AsyncIterable<CollectedDevice[]> {
    for (const key of await this.partsOf(place)) {
      const object = await this.store.get(key);
      const found = object ? devicesOf(key, object) : [];
      yield found.filter(({ name, identity }) => devices.get(name) === identity);
    }
  }

  async finish(place: CredentialPlace): Promise<void> {
    const index = { version: 1, parts: await this.partsOf(place) };
    await this.store.put(`${prefixOf(place)}index.json`, JSON.stringify(index));
  }

  async forget(place: CredentialPlace): Promise<void> {
    for (const key of await this.store.list(prefixOf(place))) await this.store.delete(key);
  }

  private async partsOf(place: CredentialPlace): Promise<string[]> {
    return (await this.store.list(prefixOf(place))).filter((key) => key.endsWith('.ndjson.gz'));
  }
}

/** @throws BatchError `RecordUnreadable`, which shows nothing of what it could not read. */
function devicesOf(key: string, { body }: StoredObject): CollectedDevice[] {
  try {
    return gunzipSync(body).toString('utf8').split('\n').filter(Boolean).map(parseCredentials);
  } catch {
    throw new BatchError('RecordUnreadable', `the store's object ${key} is damaged: it is no gzipped NDJSON`);
  }
}

/** A device's secrets as they are kept: JSON of its name, its identity, and the secrets under the vendor's own names. */
export function credentialText({ name, identity, credentials }: CollectedDevice): string {
  return JSON.stringify({ ...credentials, name, id: identity } satisfies CredentialLine);
}

/** Reads what `credentialText` wrote. */
export function parseCredentials(text: string): CollectedDevice {
  const { name, id, ...credentials } = JSON.parse(text) as CredentialLine;
  return { name, identity: id, credentials };
}

function prefixOf({ batchId, generationId }: CredentialPlace): string {
  return keys.credentials(batchId, generationId);
}
