import type { BatchOptions } from '../../lib/batch/contract';
import { lights, World } from '../support/world';

describe('devices whose names the cloud invents', () => {
  const assigned = (world: World, count: number): BatchOptions =>
    world.options([], { devices: { assignedByCloud: { count } } });

  it('are registered, listed with their identities, and deleted again', async () => {
    const world = new World();
    const { generation, ...result } = await world.create(assigned(world, 120));
    expect(result).toMatchObject({ state: 'succeeded', batch: { names: { count: 120 } } });
    const { devices } = world.json(`manifests/b1/${generation}.json`);
    expect(new Map(devices.map((each) => Object.values(each as object) as [string, string]))).toEqual(
      world.identities(),
    );
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('are taken in several jobs where one does not take them all', async () => {
    const world = new World({ rates: false });
    const result = await world.create(assigned(world, 10_001));
    expect(result).toMatchObject({ state: 'succeeded', batch: { jobIds: { length: 2 } } });
    expect(world.devices()).toHaveLength(10_001);
  });

  it('stay the same ones when the batch grows, and leave it from the end when it shrinks', async () => {
    const world = new World();
    const { generation: first } = await world.create(assigned(world, 3));
    const three = world.identities();
    const { generation: second } = await world.update(first, assigned(world, 5));
    await world.delete(first);
    expect(world.devices()).toHaveLength(5);
    for (const [name, identity] of three) expect(world.identities().get(name)).toBe(identity);

    const { generation: third } = await world.update(second, assigned(world, 2));
    await world.delete(second);
    const left = world.identities();
    expect(left.size).toBe(2);
    for (const [name, identity] of left) expect(three.get(name)).toBe(identity);
    await world.delete(third);
    expect(world.devices()).toEqual([]);
  });

  it('are the old ones again when a change is taken back', async () => {
    const world = new World();
    const { generation: first } = await world.create(assigned(world, 3));
    const before = world.identities();
    const { generation: second } = await world.update(first, assigned(world, 5));
    expect(await world.update(second, assigned(world, 3))).toMatchObject({ state: 'succeeded', generation: first });
    await world.delete(second);
    expect(world.identities()).toEqual(before);
  });

  it('are taken back when some of them fail (I2)', async () => {
    const world = new World();
    world.fault({ kind: 'failCreate', count: 2, reason: 'no room' }, { operation: 'BatchRegisterDevice' });
    expect(await world.create(assigned(world, 5))).toMatchObject({ state: 'failed', code: 'DevicesNotRegistered' });
    expect(world.devices()).toEqual([]);
  });

  it('that somebody has deleted are made up for by new ones, and the others stay', async () => {
    const world = new World();
    const { generation: first } = await world.create(assigned(world, 3));
    const [gone = '', ...rest] = world.devices();
    world.deleteByHand(gone);
    const { generation: second } = await world.update(first, assigned(world, 4));
    expect(world.devices()).toHaveLength(4);
    expect(world.devices()).toEqual(expect.arrayContaining(rest));
    const { devices } = world.json(`manifests/b1/${second}.json`);
    expect(devices.map((each) => (each as { name: string }).name).sort()).toEqual(world.devices());
  });

  it('are not taken for others of the same name', async () => {
    const world = new World();
    const { generation } = await world.create(assigned(world, 3));
    const [name = ''] = world.devices();
    world.deleteByHand(name);
    world.seed(name);
    const result = await world.update(generation, assigned(world, 4));
    expect(result).toMatchObject({ state: 'failed', code: 'IdentityChanged' });
    expect(result).toHaveProperty('message', expect.stringContaining(name));
    expect(world.devices()).toHaveLength(3);
  });

  it('are not asked for at another product, where they are not', async () => {
    const world = new World();
    world.cloud.seed(world.emulator, { product: 'a1Other00001' });
    const { generation } = await world.create(assigned(world, 2));
    const options = { ...assigned(world, 3), cloud: world.product('a1Other00001') };
    expect(await world.update(generation, options)).toMatchObject({ state: 'succeeded' });
    expect(world.identities('a1Other00001').size).toBe(3);
    await world.delete(generation);
    expect(world.devices()).toEqual([]);
  });

  it('are carried over from what stands, not from what has been left behind', async () => {
    const world = new World();
    const { generation: first } = await world.create(assigned(world, 2));
    const leftBehind = world.devices();
    const { generation: second } = await world.update(first, world.options(lights(1)));
    // The first one stands until its Delete comes.
    const { generation: third } = await world.update(second, assigned(world, 3));
    const { devices } = world.json(`manifests/b1/${third}.json`);
    expect(devices).toHaveLength(3);
    for (const { name } of devices as { name: string }[]) expect(leftBehind).not.toContain(name);
    await world.delete(first);
    await world.delete(second);
    expect([...world.identities().values()].sort()).toEqual(devices.map((each) => (each as { id: string }).id).sort());
  });

  it('are taken over from a change that failed and kept them', async () => {
    const world = new World();
    const keeping = (count: number) => ({ ...assigned(world, count), onPartialFailure: 'keep' as const });
    const { generation } = await world.create(keeping(2));
    world.fault({ kind: 'failCreate', count: 1, reason: 'no room' }, { operation: 'BatchRegisterDevice', times: 1 });
    expect(await world.update(generation, keeping(5))).toMatchObject({ state: 'failed', code: 'DevicesNotRegistered' });
    const kept = world.devices();
    expect(kept).toHaveLength(4);
    expect(await world.update(generation, keeping(5))).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toHaveLength(5);
    expect(world.devices()).toEqual(expect.arrayContaining(kept));
  });

  it('are not deleted by a smaller batch once they have connected: that fails before anything changes (I1)', async () => {
    const world = new World();
    const { generation } = await world.create(assigned(world, 3));
    const names = world.json(`manifests/b1/${generation}.json`).devices.map((each) => (each as { name: string }).name);
    world.connect(names[2] as string);
    const result = await world.update(generation, assigned(world, 2));
    expect(result).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
    // One that stays may have connected.
    world.connect(names[0] as string);
    expect(await world.update(generation, assigned(world, 4))).toMatchObject({ state: 'succeeded' });
  });

  it('nothing changes where nothing is changed', async () => {
    const world = new World();
    const { generation } = await world.create(assigned(world, 3));
    expect(await world.update(generation, assigned(world, 3))).toMatchObject({ state: 'succeeded', generation });
    expect(world.calls('BatchRegisterDevice')).toBe(1);
    expect(world.json(`manifests/b1/${generation}.json`).devices).toHaveLength(3);
  });
});

describe('the devices of a job that was submitted elsewhere', () => {
  const observed = (world: World, id: string): BatchOptions => world.options([], { devices: { fromJob: { id } } });

  /** A job of somebody else's: another stack with a store of its own. */
  async function foreignJob(world: World, count = 3): Promise<string> {
    const order = world.order({ type: 'create', options: world.options(lights(count)) });
    await world.submit(order, 'elsewhere');
    await world.work(order.requestId, 'elsewhere');
    world.store.objects.clear();
    const [application] = world.emulator.aliyun.platform.listApplications();
    return String(application?.applyId);
  }

  it('are waited for, listed, and never deleted', async () => {
    const world = new World();
    const id = await foreignJob(world);
    const { generation, ...result } = await world.create(observed(world, id));
    expect(result).toMatchObject({ state: 'succeeded', batch: { names: { count: 3 }, jobIds: [id] } });
    expect(world.json(`manifests/b1/${generation}.json`).devices).toMatchObject(lights(3).map((name) => ({ name })));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));
    expect(world.calls('DeleteDevice')).toBe(0);
  });

  it('are an error at once where the job was only checked', async () => {
    const world = new World({ aliyun: { durations: { createMs: 3600_000 } } });
    world.fault({ kind: 'throttle' }, { operation: 'BatchRegisterDeviceWithApplyId' });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order, 'elsewhere');
    await world.once(order.requestId, 'elsewhere');
    const [application] = world.emulator.aliyun.platform.listApplications();
    const before = world.clock.now();
    const result = await world.create(observed(world, String(application?.applyId)), 'b2');
    expect(result).toMatchObject({ state: 'failed', code: 'JobNotRegistered' });
    expect(world.clock.now() - before).toBeLessThan(5_000);
  });

  it('are an error where nobody knows the job', async () => {
    const world = new World();
    expect(await world.create(observed(world, '4711'))).toMatchObject({ state: 'failed', code: 'JobUnknown' });
  });

  it('are an error where the job failed for some, and are left as they are', async () => {
    const world = new World();
    world.fault({ kind: 'failCreate', names: ['light-002'], reason: 'no room' });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order, 'elsewhere');
    const stop = new Error('stop');
    const ports = world.ports(async (what, run) => {
      if (what === 'cloud QueryPageByApplyId') throw stop;
      return run();
    });
    await expect(world.work(order.requestId, 'elsewhere', ports)).rejects.toBeDefined();
    world.store.objects.clear();
    const [application] = world.emulator.aliyun.platform.listApplications();
    const result = await world.create(observed(world, String(application?.applyId)));
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesNotRegistered' });
    expect(world.devices()).toEqual(['light-001', 'light-003']);
  });

  it('cannot become owned, nor owned ones observed', async () => {
    const world = new World();
    const id = await foreignJob(world);
    const { generation } = await world.create(observed(world, id));
    const result = await world.update(generation, world.options(['own-001']));
    expect(result).toMatchObject({ state: 'failed', code: 'OwnershipChange' });
    expect(result).toHaveProperty(
      'message',
      expect.stringMatching(/lists the devices of a job cannot begin to own some/),
    );
    expect(world.devices()).toEqual(lights(3));

    const owning = await world.create(world.options(['own-001']), 'b2');
    const refused = await world.update(owning.generation, observed(world, id), 'b2');
    expect(refused).toMatchObject({ state: 'failed', code: 'OwnershipChange' });
    expect(refused).toHaveProperty('message', expect.stringMatching(/owns its devices cannot begin to list those/));

    // When it lists nothing any more it may.
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(await world.create(world.options(['own-002']))).toMatchObject({ state: 'succeeded' });
  });

  it('can be exchanged for those of another job', async () => {
    const world = new World();
    const id = await foreignJob(world);
    const { generation } = await world.create(observed(world, id));
    const other = await world.create(world.options(['own-001']), 'b2');
    const ownJob = (other as { batch?: { jobIds?: string[] } }).batch?.jobIds?.[0] as string;
    expect(await world.update(generation, observed(world, ownJob))).toMatchObject({ state: 'succeeded' });
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([...lights(3), 'own-001']);
  });
});
