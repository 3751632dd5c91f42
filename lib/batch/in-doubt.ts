import type { Listing } from './listings';
import type { Store } from './ports/store';
import { loadDevices } from './record/devices';
import { keptOrListed, owed } from './record/head';
import { JobEntry } from './record/jobs';
import { loadNames } from './record/names';
import { loadPlan } from './record/plan';

/**
 * Which of these names may belong to devices that a job of another generation has made, of which it is not recorded yet what it
 * made; by name, with the batch. Until that is known, nobody can say whether such a device is the store's own. `known`: the
 * listings, with what has been recorded in the meantime.
 */
export async function namesInDoubt(
  store: Store,
  listings: readonly Listing[],
  names: readonly string[],
): Promise<{ doubtful: Map<string, string>; known: Listing[] }> {
  const doubtful = new Map<string, string>();
  const known: Listing[] = [];
  for (const listing of listings) {
    known.push(listing);
    const open = names.filter((name) => listing.names.has(name) && !listing.devices.has(name));
    const { batchId, generation } = listing;
    if (open.length === 0 || !generation.planned || !(keptOrListed(generation) || owed(generation))) continue;
    const untold = await untoldNames(store, listing);
    for (const name of open) if (untold.has(name)) doubtful.set(name, batchId);
    // A job that is told of by now need not have been when the listing was read.
    known[known.length - 1] = { ...listing, devices: await loadDevices(store, generation) };
  }
  return { doubtful, known };
}

/** The names of jobs that may have been started, and whose devices are not recorded. */
async function untoldNames(store: Store, { generation }: Listing): Promise<Set<string>> {
  const untold = new Set<string>();
  const { jobs } = await loadPlan(store, generation);
  for (const [i, job] of jobs.entries()) {
    const { digest, count } = job;
    const entry = await JobEntry.load(store, generation, i, job);
    if (digest === undefined || !entry.mayHaveCreated || entry.collected) continue;
    const failed = new Set(entry.settled?.failures.map(({ name }) => name));
    const names = await loadNames(store, { count, chunks: [{ digest, count }], set: '' });
    for (const name of names) if (!failed.has(name)) untold.add(name);
  }
  return untold;
}
