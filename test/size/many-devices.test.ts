import { tencentLimits } from '../../lib/clouds/tencent/limits';
import { createAndDelete, seedOthers, sumOf, type Cost, type Killer } from '../support/life-of-a-batch';
import { aliyun, certificates, preSharedKeys, type TestedCloud } from '../support/tested-clouds';
import { lights, World } from '../support/world';

/** `SIZE=100000`: as many devices as design and documents speak of, for which `npm run test:size` takes its time. */
const LARGE = Number(process.env.SIZE ?? 10_000);

jest.setTimeout(600_000);

/** Alibaba's batch has ten jobs, whatever its size, as 100,000 devices have; Tencent's takes as many as it takes. */
function namesPerJobOf(cloud: TestedCloud): number {
  return cloud === aliyun ? LARGE / 10 : tencentLimits.namesPerJob;
}

/** A batch of so many devices, mostly in a product that has as many others, created and deleted. */
async function life(cloud: TestedCloud, count: number, killers?: { create: Killer; delete: Killer }) {
  const world = new World({ cloud, rates: true, namesPerJob: namesPerJobOf(cloud) });
  // Certificates of devices that nobody asks for would only take time.
  if (cloud !== certificates) seedOthers(world, count + 1);
  const seen = { devices: [] as string[], manifest: [] as string[], credentials: [] as string[] };
  const costs = await createAndDelete(world, lights(count), killers, (generation) => {
    seen.devices = devicesOf(world);
    const { devices } = world.json(`manifests/b1/${generation}.json`);
    seen.manifest = devices.map((device) => (device as { name: string }).name);
    const parts = [...world.store.objects.keys()].filter((key) => /^credentials\/.*\.ndjson\.gz$/.test(key));
    seen.credentials = parts.flatMap((key) => world.credentials(key).map(({ name }) => name as string));
  });
  return { world, ...costs, ...seen };
}

function devicesOf(world: World): string[] {
  return world.devices().filter((name) => !name.startsWith('other-'));
}

/** Kills the first invocation that comes to the `nth` call of an operation. */
function at(operation: string, nth: number): Killer {
  let calls = 0;
  return (what) => what === `cloud ${operation}` && ++calls === nth;
}

function expectWhole(count: number, { world, ...seen }: Awaited<ReturnType<typeof life>>): void {
  const names = lights(count);
  const inOrder = [...names].sort();
  expect(seen.created.result).toMatchObject({ state: 'succeeded' });
  expect(seen.devices).toEqual(inOrder);
  expect(seen.manifest).toEqual(names);
  expect([...seen.credentials].sort()).toEqual(inOrder);
  expect(seen.deleted.result).toEqual({ state: 'succeeded' });
  expect(devicesOf(world)).toEqual([]);
  // The head remembers requests and their answers; lists of names are shared and have no owner. What a process that was killed may
  // have deleted is noted until the next change looks.
  const ownerless = ['names/', 'lost-deletions/'];
  const left = [...world.store.objects.keys()].filter((key) => !ownerless.some((prefix) => key.startsWith(prefix)));
  expect(left).toEqual(['heads/b1.json']);
}

function expectWithinBounds(...costs: Cost[]): void {
  for (const { longest, largestHead } of costs) {
    // It stops after 240 s; what is under way then is waited for.
    expect(longest).toBeLessThan(245);
    expect(largestHead).toBeLessThanOrEqual(64 * 1024);
  }
}

describe.each([aliyun, LARGE < 100_000 ? preSharedKeys : certificates])(`$name: ${LARGE} devices`, (cloud) => {
  const { collect, create } = cloud.operations;

  it('need at most eleven times the requests of a tenth of them, and leave nothing behind', async () => {
    const tenth = await life(cloud, LARGE / 10);
    expectWhole(LARGE / 10, tenth);
    const all = await life(cloud, LARGE);
    expectWhole(LARGE, all);
    expectWithinBounds(all.created, all.deleted);
    const requests = ({ created, deleted }: typeof all) => sumOf(created.requests) + sumOf(deleted.requests);
    expect(requests(all)).toBeLessThanOrEqual(11 * requests(tenth));
  });

  it('survive that invocations are killed in the middle, and little is done twice (I5)', async () => {
    const seen = await life(cloud, LARGE, {
      create: at(collect, LARGE / 100),
      delete: at('DeleteDevice', LARGE / 2),
    });
    expectWhole(LARGE, seen);
    expectWithinBounds(seen.created, seen.deleted);
    // Of the jobs that were being read all pages are read again; of the devices a block is deleted again.
    expect(seen.created.requests[collect]).toBeLessThanOrEqual((LARGE / 50) * 1.2);
    expect(seen.deleted.requests.DeleteDevice).toBeLessThanOrEqual(LARGE + 200);
    expect(seen.created.requests[create]).toBe(LARGE / namesPerJobOf(cloud));
  });
});
