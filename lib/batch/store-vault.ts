import { gunzipSync, gzipSync } from 'node:zlib';
import type { CollectedDevice } from './ports/cloud';
import type { Store } from './ports/store';
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

  async savePart(place: CredentialPlace, job: number, devices: readonly CollectedDevice[]): Promise<void> {
    const lines = devices.map(({ name, identity, credentials }) => ({ ...credentials, name, id: identity }));
    await this.write(`${prefixOf(place)}part-${ordinal(job)}.ndjson.gz`, lines);
  }

  async carryOver(from: CredentialPlace, to: CredentialPlace, devices: ReadonlyMap<string, string>): Promise<string[]> {
    const carried: string[] = [];
    for (const [i, key] of (await this.partsOf(from)).entries()) {
      const lines = (await this.read(key)).filter(({ name, id }) => devices.get(name) === id);
      if (lines.length === 0) continue;
      await this.write(`${prefixOf(to)}carried-${from.generationId}-${ordinal(i)}.ndjson.gz`, lines);
      carried.push(...lines.map(({ name }) => name));
    }
    return carried;
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

  private async write(key: string, lines: readonly CredentialLine[]): Promise<void> {
    await this.store.put(key, gzipSync(lines.map((line) => JSON.stringify(line) + '\n').join('')));
  }

  private async read(key: string): Promise<CredentialLine[]> {
    const object = await this.store.get(key);
    if (!object) return [];
    const text = gunzipSync(object.body).toString('utf8');
    return text.split('\n').flatMap((line) => (line ? [JSON.parse(line) as CredentialLine] : []));
  }
}

function prefixOf({ batchId, generationId }: CredentialPlace): string {
  return keys.credentials(batchId, generationId);
}

function ordinal(part: number): string {
  return String(part).padStart(5, '0');
}
