import { credentialPlaceOf, finishCredentials, ordinal, reachVault, saveCredentials } from './credentials';
import { BatchError } from './errors';
import { devices, listOf } from './messages';
import type { Operation } from './operation';
import type { Cloud } from './ports/cloud';
import type { CredentialPlace, GenerationPlace } from './ports/vault';
import { devicesOf, jobsThatMade } from './read-secrets';
import { BatchRecord } from './record/batch-record';
import { keys } from './record/keys';
import { sha256 } from './record/names';
import { namesOf, type Plan, type RecordedDevice } from './record/plan';

/**
 * Stores the secrets of the devices that a generation takes over: as the generations have them that they come from, else as
 * the cloud still tells them. Nothing, where it is to have none.
 *
 * @throws BatchError `CredentialsMissing`: success would mean that every secret is where it was to be stored (I4).
 */
export async function keepCarriedCredentials(
  operation: Operation,
  cloud: Cloud,
  generationId: string,
  plan: Plan,
): Promise<void> {
  const place = credentialPlaceOf(operation, generationId);
  if (!place) return;
  const missing = new Map(plan.carried.map((device) => [device.name, device]));
  for (const source of plan.sources) {
    if (missing.size === 0) break;
    const identities = new Map([...missing.values()].map(({ name, identity }) => [name, identity]));
    const carried = await reachVault(operation, 'carrying secrets over', () =>
      carryOver(operation, source, place, identities),
    );
    for (const name of carried) missing.delete(name);
  }
  await readAgain(operation, cloud, place, plan.jobs.length, missing);
  for (const source of plan.sources) if (missing.size > 0) await readFromJobs(operation, cloud, source, place, missing);
  if (missing.size > 0) {
    throw new BatchError(
      'CredentialsMissing',
      `the secrets of ${devices(missing.size)} were not kept when they were registered, and ${cloud.limits.title} does not tell ` +
        `them again: ${listOf([...missing.keys()])}; set deviceCredentials to none, or register them anew under other names`,
    );
  }
  await finishCredentials(operation, generationId);
}

/** Copies what another generation has of devices that belong to this one as well now. Returns the names of those that it had. */
async function carryOver(
  operation: Operation,
  from: GenerationPlace,
  to: CredentialPlace,
  identities: ReadonlyMap<string, string>,
): Promise<string[]> {
  const { vault } = operation.ports;
  const carried: string[] = [];
  let part = 0;
  for await (const found of vault.read({ ...from, product: to.product }, identities)) {
    const name = `carried-${from.generationId}-${ordinal(part++)}`;
    if (found.length > 0) await vault.savePart(to, name, found, () => operation.confirm());
    carried.push(...found.map((device) => device.name));
  }
  return carried;
}

/**
 * Takes out of `missing` what the jobs of a generation list that never came to keep its secrets, because it failed or was cut off. Only
 * with the recorded identity.
 */
async function readFromJobs(
  operation: Operation,
  cloud: Cloud,
  from: GenerationPlace,
  to: CredentialPlace,
  missing: Map<string, RecordedDevice>,
): Promise<void> {
  const { store, clock } = operation;
  const { head } = await BatchRecord.load(store, clock, from.batchId);
  const source = head.generations.find(({ id }) => id === from.generationId);
  if (!source) return;
  for (const [i, jobId] of (await jobsThatMade(store, source, [...missing.keys()])).entries()) {
    if (missing.size === 0) return;
    const listed = await operation.patiently('reading secrets', () => devicesOf(cloud, jobId));
    const found = listed.filter(({ name, identity }) => missing.get(name)?.identity === identity);
    if (found.length === 0) continue;
    await saveCredentials(operation, to, `carried-${from.generationId}-job-${ordinal(i)}`, found);
    for (const { name } of found) missing.delete(name);
  }
}

/** Devices in one part: little enough for an invocation. */
const PART = 2_000;

/** Takes out of `missing` what the cloud told. A part that an earlier invocation stored is not asked for again. */
async function readAgain(
  operation: Operation,
  cloud: Cloud,
  place: CredentialPlace,
  firstPart: number,
  missing: Map<string, RecordedDevice>,
): Promise<void> {
  if (!cloud.readCredentials) return;
  const { store } = operation;
  const all = [...missing.values()];
  for (let from = 0; from < all.length; from += PART) {
    const part = all.slice(from, from + PART);
    const names = namesOf(part);
    const note = keys.lookUp(place.generationId, sha256(`credentials\n${names.join('\n')}`));
    if (!(await store.get(note))) {
      const found = await operation.patiently(
        'reading secrets',
        async () => (await cloud.readCredentials?.(part)) ?? [],
      );
      if (found.length < part.length) return;
      await saveCredentials(operation, place, `part-${ordinal(firstPart + from / PART)}`, found);
      await store.put(note, '[]');
    }
    for (const name of names) missing.delete(name);
  }
}
