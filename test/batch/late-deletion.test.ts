/**
 * A deletion whose answer was lost may arrive when the device is in use again, or when its name is another device's, by which Tencent's
 * APIs delete (I1, I4).
 */
import type { Workers } from '../../lib/batch/ports/workers';
import { settle, type EnginePorts } from '../../lib/batch';
import { certificates, testedClouds, type TestedCloud } from '../support/tested-clouds';
import { lights, World, type Sabotage } from '../support/world';

const ON_ITS_WAY_MS = 80_000;
const LOST = { operation: 'DeleteDevice', times: 1 };

function worldOf(cloud: TestedCloud): World {
  return new World({ cloud, jobs: { createMs: 500 } });
}

/** The next deletion is answered by nobody, and arrives in the end. */
function loseDeletion(world: World, after = 0): void {
  world.fault({ kind: 'late', ms: ON_ITS_WAY_MS }, { ...LOST, after });
}

/** A batch that had three devices and has two; the deletion of the third is on its way still, though that is gone. */
async function shrunk(world: World): Promise<string> {
  const three = await world.create(world.options(lights(3)));
  const { generation } = await world.update(three.generation, world.options(lights(2)));
  loseDeletion(world);
  expect(await world.delete(three.generation)).toMatchObject({ state: 'succeeded' });
  expect(world.devices()).toEqual(lights(2));
  return generation;
}

async function whenAllHasArrived(world: World): Promise<string[]> {
  await world.clock.sleep(ON_ITS_WAY_MS);
  world.emulator.settle();
  return world.devices();
}

const notes = ({ store }: World) => store.list('lost-deletions/');

describe.each(testedClouds)('a deletion that arrives late on $name', (cloud) => {
  it('deletes no later device of the name', async () => {
    const world = worldOf(cloud);
    const two = await shrunk(world);
    expect(await world.update(two, world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    expect(await whenAllHasArrived(world)).toEqual(lights(3));
  });

  it('deletes no device that a change has taken over meanwhile', async () => {
    const world = worldOf(cloud);
    const { generation } = await world.create(world.options(lights(3)));
    loseDeletion(world);
    const undeletable = { kind: 'businessError', code: cloud.codes.undeletable } as const;
    world.fault(undeletable, { operation: 'DeleteDevice', after: 1, times: 100 });
    expect(await world.delete(generation)).toMatchObject({ state: 'failed' });
    world.emulator.faults.clear();
    expect(world.devices()).toEqual(lights(3));
    expect(await world.update(generation, world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    expect(await whenAllHasArrived(world)).toEqual(lights(3));
  });

  it('deletes nothing that another batch has registered under the name', async () => {
    const world = worldOf(cloud);
    await shrunk(world);
    expect(await world.create(world.options(lights(1, 3)), 'b2')).toMatchObject({ state: 'succeeded' });
    expect(await whenAllHasArrived(world)).toEqual(lights(3));
  });
});

describe.each(testedClouds)('a lost deletion on $name', (cloud) => {
  it('is written down until it cannot arrive any more', async () => {
    const world = worldOf(cloud);
    const two = await shrunk(world);
    expect(await notes(world)).toHaveLength(1);
    const three = await world.update(two, world.options(lights(3)));
    await world.update(three.generation, world.options(lights(4)));
    expect(await notes(world)).toEqual([]);
  });

  it('holds nothing up that has other names', async () => {
    const world = worldOf(cloud);
    const two = await shrunk(world);
    const before = world.clock.now();
    expect(await world.update(two, world.options([...lights(2), ...lights(1, 4)]))).toMatchObject({
      state: 'succeeded',
    });
    expect(world.clock.now() - before).toBeLessThan(30_000);
  });

  it('is not suspected where a drop has failed, and every deletion was answered', async () => {
    const world = worldOf(cloud);
    const { generation } = await world.create(world.options(lights(3)));
    world.denyOperation('DeleteDevice');
    expect(await world.delete(generation)).toMatchObject({ state: 'failed' });
    world.denyOperation();
    expect(await world.delete(generation)).toMatchObject({ state: 'succeeded' });
    expect(await notes(world)).toEqual([]);
  });

  it('is told of where the time-out is too short to wait for it', async () => {
    const world = worldOf(cloud);
    const two = await shrunk(world);
    const options = world.options(lights(3));
    const order = { ...world.order({ type: 'update', named: two, options }), deadline: world.clock.now() + 60_000 };
    await world.submit(order);
    const result = await world.work(order.requestId);
    expect(result).toMatchObject({ state: 'failed', code: 'DeadlineReached' });
    expect(result).toMatchObject({ message: expect.stringMatching(/deletions? of 1 device .*light-003/) as string });
    expect(await whenAllHasArrived(world)).toEqual(lights(2));
  });

  it('is waited for although it was made for a device that a change had to do without', async () => {
    const world = worldOf(cloud);
    const { generation } = await world.create(world.options(lights(2)));
    world.fault({ kind: 'failCreate', count: 1 }, { operation: cloud.operations.create, times: 1 });
    loseDeletion(world);
    expect(await world.update(generation, world.options(lights(4)))).toMatchObject({ state: 'failed' });
    expect(await world.update(generation, world.options(lights(4)))).toMatchObject({ state: 'succeeded' });
    expect(await whenAllHasArrived(world)).toEqual(lights(4));
  });
});

describe.each(testedClouds)('deletions that nobody has heard of, as their process was killed, on $name', (cloud) => {
  /** Processes of which it shows at once when they are gone. */
  const gone: Workers = { self: 'one', isDead: () => true };

  /** A deletion is sent, and its process is killed before it is answered. */
  async function killedWhileDeleting(world: World, named: string, at = 2): Promise<void> {
    loseDeletion(world, at - 1);
    const order = { ...world.order({ type: 'delete', named }), asker: gone.self };
    await world.submit(order);
    let deletions = 0;
    let kill: () => void = () => undefined;
    const killed = new Promise<void>((resolve) => (kill = resolve));
    const die: Sabotage = (what, run) => {
      if (what !== 'cloud DeleteDevice' || ++deletions < at) return deletions < at ? run() : never();
      void run().catch(() => undefined);
      kill();
      return never();
    };
    await Promise.race([world.once(order.requestId, 'b1', portsOf(world, die)), killed]);
    expect(deletions).toBeGreaterThanOrEqual(at);
  }

  const portsOf = (world: World, sabotage?: Sabotage): EnginePorts => ({ ...world.ports(sabotage), workers: gone });

  it('delete no later devices of the names', async () => {
    const world = worldOf(cloud);
    const { generation } = await world.create(world.options(lights(3)));
    await killedWhileDeleting(world, generation);
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order, 'b2');
    expect(await world.work(order.requestId, 'b2', portsOf(world))).toMatchObject({ state: 'succeeded' });
    expect(await whenAllHasArrived(world)).toEqual(lights(3));
  });

  it('are among the hundred that come next', async () => {
    const world = worldOf(cloud);
    const { generation } = await world.create(world.options(lights(250)));
    await killedWhileDeleting(world, generation, 130);
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    expect(await world.work(order.requestId, 'b1', portsOf(world))).toMatchObject({ state: 'succeeded' });
    const [key = ''] = await notes(world);
    expect(JSON.parse(world.store.text(key) ?? '{}')).toMatchObject({ names: lights(100, 101) });
  });

  it('are suspected once for each process that was killed, of what it had left', async () => {
    const world = worldOf(cloud);
    const { generation } = await world.create(world.options(lights(3)));
    await killedWhileDeleting(world, generation);
    world.denyOperation('DeleteDevice');
    const failing = world.order({ type: 'delete', named: generation });
    await world.submit(failing);
    expect(await world.work(failing.requestId, 'b1', portsOf(world))).toMatchObject({ state: 'failed' });
    world.denyOperation();
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    expect(await world.work(order.requestId, 'b1', portsOf(world))).toMatchObject({ state: 'succeeded' });
    expect(await notes(world)).toHaveLength(1);
  });

  it('delete none either where somebody has seen to what was left and said so', async () => {
    const world = worldOf(cloud);
    const { generation } = await world.create(world.options(lights(3)));
    await killedWhileDeleting(world, generation);
    const wishes = { remove: [], deleteActivated: [], forget: [generation] };
    const { finished } = await settle(portsOf(world), wishes, { deadline: world.clock.now() + 60_000 });
    expect(finished).toMatchObject([{ generation, forgotten: lights(3) }]);
    for (const name of world.devices()) world.deleteByHand(name);
    expect(await world.create(world.options(lights(3)), 'b2')).toMatchObject({ state: 'succeeded' });
    expect(await whenAllHasArrived(world)).toEqual(lights(3));
  });
});

it('is waited for before what a lost task had made is registered anew', async () => {
  const world = new World({ cloud: certificates });
  world.fault({ kind: 'drop', when: 'after' }, { operation: certificates.operations.create, times: 1 });
  // The first deletion is that of a name that nobody has.
  loseDeletion(world, 1);
  expect(await world.create(world.options(lights(2)))).toMatchObject({ state: 'succeeded' });
  expect(await whenAllHasArrived(world)).toEqual(lights(2));
});

function never(): Promise<never> {
  return new Promise(() => undefined);
}
