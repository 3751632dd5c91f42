import { carryOut, sumOf, type Cost, type Killer } from '../support/life-of-a-batch';
import { lights, World } from '../support/world';

/** `SIZE=100000`: as many devices as design and documents speak of, for which `npm run test:size` takes its time. */
const LARGE = Number(process.env.SIZE ?? 10_000);
const HOUR_MS = 55 * 60_000;

jest.setTimeout(600_000);

/** A batch of so many devices in a product that has as many others, created and deleted; each is killed once at `killAt`. */
async function life(count: number, killer?: { create: Killer; delete: Killer }) {
  const world = new World({ rates: true, namesPerJob: LARGE / 10 });
  const { productKey } = world.emulator.aliyun;
  const others = Array.from({ length: count + 1 }, (_, i) => ({ productKey, deviceName: `other-${i}` }));
  world.emulator.aliyun.seed({ devices: others });
  const deadline = () => world.clock.now() + HOUR_MS;

  const create = { ...world.order({ type: 'create', options: world.options(lights(count)) }), deadline: deadline() };
  const generation = (await world.submit(create)) as string;
  const created = await carryOut(world, create, killer?.create);
  const devices = world.devices().filter((name) => !name.startsWith('other-'));
  const manifest = world.json(`manifests/b1/${generation}.json`);
  const credentials = [...world.store.objects.keys()]
    .filter((key) => key.startsWith('credentials/') && key.endsWith('.ndjson.gz'))
    .flatMap((key) => world.credentials(key).map(({ name }) => name));

  const drop = { ...world.order({ type: 'delete', named: generation }), deadline: deadline() };
  await world.submit(drop);
  const deleted = await carryOut(world, drop, killer?.delete);
  return { world, created, devices, manifest, credentials, deleted };
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
  expect(seen.manifest.devices.map((device) => (device as { name: string }).name)).toEqual(names);
  expect([...seen.credentials].sort()).toEqual(inOrder);
  expect(seen.deleted.result).toEqual({ state: 'succeeded' });
  expect(world.devices().filter((name) => !name.startsWith('other-'))).toEqual([]);
  // The head remembers requests and their answers; lists of names are shared and have no owner.
  const left = [...world.store.objects.keys()].filter((key) => !key.startsWith('names/'));
  expect(left).toEqual(['heads/b1.json']);
}

function expectWithinBounds(...costs: Cost[]): void {
  for (const { longest, largestHead } of costs) {
    // It stops after 240 s; what is under way then is waited for.
    expect(longest).toBeLessThan(245);
    expect(largestHead).toBeLessThanOrEqual(64 * 1024);
  }
}

describe(`${LARGE} devices`, () => {
  it('need at most eleven times the requests of a tenth of them, and leave nothing behind', async () => {
    const tenth = await life(LARGE / 10);
    expectWhole(LARGE / 10, tenth);
    const all = await life(LARGE);
    expectWhole(LARGE, all);
    expectWithinBounds(all.created, all.deleted);
    const requests = ({ created, deleted }: typeof all) => sumOf(created.requests) + sumOf(deleted.requests);
    expect(requests(all)).toBeLessThanOrEqual(11 * requests(tenth));
  });

  it('survive that invocations are killed in the middle, and little is done twice (I5)', async () => {
    const seen = await life(LARGE, {
      create: at('QueryPageByApplyId', LARGE / 100),
      delete: at('DeleteDevice', LARGE / 2),
    });
    expectWhole(LARGE, seen);
    expectWithinBounds(seen.created, seen.deleted);
    // Of the two jobs that were being read all pages are read again; of the devices a block is deleted again.
    expect(seen.created.requests.QueryPageByApplyId).toBeLessThanOrEqual((LARGE / 50) * 1.2);
    expect(seen.deleted.requests.DeleteDevice).toBeLessThanOrEqual(LARGE + 200);
    expect(seen.created.requests.BatchRegisterDeviceWithApplyId).toBe(10);
  });
});
