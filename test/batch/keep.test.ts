import { killedAt } from '../support/killed-at';
import { testedClouds, type TestedCloud, where } from '../support/tested-clouds';
import { lights, World } from '../support/world';

const keep = { onPartialFailure: 'keep' } as const;

type Line = ReturnType<TestedCloud['secretLines']>[number];

/** A batch of three devices, one of which is given up, and three more of which the cloud refuses one. */
async function halfChanged(cloud: TestedCloud, changes = {}) {
  const world = new World({ cloud, jobs: { createMs: 2_000 } });
  const { generation: old } = await world.create(world.options(lights(3), changes));
  world.fault({ kind: 'failCreate', names: ['light-005'] }, { times: 1 });
  const failed = await world.update(old, world.options(lights(5, 2), { ...keep, ...changes }));
  return { world, old, failed };
}

describe.each(testedClouds)('$name: a change that keeps what it created when it fails', (cloud) => {
  it('fails, says so, and leaves the devices', async () => {
    const { world, failed } = await halfChanged(cloud);
    expect(failed).toMatchObject({ state: 'failed', code: 'DevicesNotRegistered' });
    expect(failed).toHaveProperty('message', expect.stringContaining('the other 2 devices were kept'));
    expect(world.devices()).toEqual(['light-001', 'light-002', 'light-003', 'light-004', 'light-006']);
  });

  it.each(['new', 'old'] as const)('outlives CloudFormation taking it back under the %s id', async (named) => {
    const { world, old, failed } = await halfChanged(cloud);
    const back = await world.update(named === 'new' ? failed.generation : old, world.options(lights(3)));
    expect(back).toMatchObject({ state: 'succeeded', generation: old });
    if (named === 'new') expect(await world.delete(failed.generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(['light-001', 'light-002', 'light-003', 'light-004', 'light-006']);
  });

  it('is taken over by the next one, with the same devices and their secrets', async () => {
    const { world, old, failed } = await halfChanged(cloud);
    await world.update(failed.generation, world.options(lights(3)));
    await world.delete(failed.generation);
    const before = world.identities();
    const fixed = await world.update(old, world.options(lights(5, 2), keep));
    expect(fixed).toMatchObject({ state: 'succeeded' });
    expect(await world.delete(old)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(5, 2));
    for (const name of ['light-004', 'light-006']) expect(world.identities().get(name)).toBe(before.get(name));
    const parts = [...world.store.objects.keys()].filter((key) =>
      key.startsWith(`credentials/b1/${fixed.generation}/`),
    );
    const secrets = parts.filter((key) => key.endsWith('.gz')).flatMap((key) => world.credentials(key));
    expect(secrets.map(({ name }) => name).sort()).toEqual(lights(5, 2));
    expect(await world.delete(fixed.generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('hands over the secrets of what it registered anew, not those that its predecessor had of the name (I4)', async () => {
    const world = new World({ cloud });
    const { generation: old } = await world.create(world.options(lights(2)));
    world.deleteByHand('light-001');
    world.fault({ kind: 'failCreate', names: ['light-003'] }, { times: 1 });
    const failed = await world.update(old, world.options(lights(3), keep));
    expect(failed).toMatchObject({ state: 'failed', code: 'DevicesNotRegistered' });
    expect(world.devices()).toEqual(lights(2));
    const fixed = await world.update(old, world.options(lights(3), keep));
    expect(fixed).toMatchObject({ state: 'succeeded' });
    const prefix = `credentials/b1/${fixed.generation}/`;
    const parts = [...world.store.objects.keys()].filter((key) => key.startsWith(prefix) && key.endsWith('.gz'));
    const stored = parts.flatMap((key) => world.credentials(key));
    const byName = (a: Line, b: Line) => String(a.name).localeCompare(String(b.name));
    expect(stored.sort(byName)).toEqual(cloud.secretLines(world.emulator).sort(byName));
  });

  it('is fixed in place where nothing was rolled back', async () => {
    const { world, failed } = await halfChanged(cloud);
    const fixed = await world.update(failed.generation, world.options(lights(4, 3), keep));
    expect(fixed).toMatchObject({ state: 'succeeded' });
    expect(await world.delete(failed.generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(4, 3));
  });

  it('goes with the next change that does not ask for its devices', async () => {
    const { world, old, failed } = await halfChanged(cloud);
    await world.update(failed.generation, world.options(lights(3)));
    await world.delete(failed.generation);
    const { generation } = await world.update(old, world.options(lights(4)));
    await world.delete(old);
    expect(world.devices()).toEqual(lights(4));
    await world.delete(generation);
    expect(world.devices()).toEqual([]);
  });

  it('goes with the batch', async () => {
    const { world, old, failed } = await halfChanged(cloud);
    await world.update(failed.generation, world.options(lights(3)));
    await world.delete(failed.generation);
    expect(await world.delete(old)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  where(cloud.tells.devices)('goes with the batch also where something else of that cannot go (I1, I2)', async () => {
    const { world, old } = await halfChanged(cloud);
    world.connect('light-001');
    expect(await world.delete(old)).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
    expect(world.devices()).not.toEqual(expect.arrayContaining(['light-004']));
    expect(world.devices()).toContain('light-001');
  });

  where(cloud.tells.devices)('does not delete a kept device that has connected since (I1)', async () => {
    const { world, old, failed } = await halfChanged(cloud);
    await world.update(failed.generation, world.options(lights(3)));
    await world.delete(failed.generation);
    world.connect('light-006');
    const before = world.devices();
    expect(await world.update(old, world.options(lights(2)))).toMatchObject({
      state: 'failed',
      code: 'ActivatedDevices',
    });
    expect(await world.delete(old)).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
    expect(world.devices()).toEqual(expect.arrayContaining(['light-006']));
    expect(before).toEqual(expect.arrayContaining(world.devices()));
  });

  it('keeps nothing of a Create, which CloudFormation deletes in any case', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'failCreate', names: ['light-002'] });
    expect(await world.create(world.options(lights(3), keep))).toMatchObject({ state: 'failed' });
    expect(world.devices()).toEqual([]);
  });

  it('leaves nothing to keep where it failed before it created anything', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(1)));
    world.seed('light-002');
    const result = await world.update(generation, world.options(lights(3), keep));
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesExist' });
    expect(world.head().generations.map(({ phase }) => phase)).toEqual(['standing', 'gone']);
  });

  it('says of one device that it was kept, and of none nothing', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(1)));
    world.fault({ kind: 'failCreate', names: ['light-003'] }, { times: 1 });
    const one = await world.update(generation, world.options(lights(3), keep));
    expect(one).toHaveProperty('message', expect.stringContaining('the other 1 device was kept and belongs to'));
    await world.update(one.generation, world.options(lights(1)));
    await world.delete(one.generation);

    world.fault({ kind: 'failCreate', names: ['light-008', 'light-009'] }, { times: 1 });
    const none = await world.update(generation, world.options(['light-001', 'light-008', 'light-009'], keep));
    expect(none).toMatchObject({ state: 'failed', code: 'DevicesNotRegistered' });
    expect(none).toHaveProperty('message', expect.not.stringMatching(/kept|undefined/));
    expect(world.head().generations.at(-1)?.phase).toBe('gone');
  });

  it('keeps what a job makes that was still running at the deadline, and registers nothing twice (I3)', async () => {
    const world = new World({ cloud, jobs: { createMs: 1_900_000 } });
    world.seed('light-001');
    const { deviceCredentials = 'store' } = cloud.adopting;
    const changes = { ...keep, deviceCredentials };
    const { generation: old } = await world.create(world.options(lights(1), cloud.adopting));
    const failed = await world.update(old, world.options(lights(3), changes));
    expect(failed).toMatchObject({ state: 'failed', code: 'DeadlineReached' });
    expect(failed).toHaveProperty('message', expect.stringContaining('still works on job'));
    await world.update(failed.generation, world.options(lights(1), { deviceCredentials }));
    await world.delete(failed.generation);

    expect(await world.update(old, world.options(lights(3), changes))).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));
    expect(world.calls(cloud.operations.create)).toBe(1);
  });

  it('leaves another batch, which adopts, in doubt as long as it is not recorded what it made (I2)', async () => {
    const world = new World({ cloud });
    const order = world.order({ type: 'create', options: world.options(lights(2), keep), createKeeps: true });
    const kept = await world.submit(order, 'a');
    await killedAt(
      world,
      order,
      (what) => what.startsWith('store put generations/') && what.includes('/devices/'),
      'a',
    );
    await world.clock.sleep(7_200_000);
    const adopting = world.options(lights(2), { onExisting: 'adopt' });
    expect(await world.create(adopting, 'b')).toMatchObject({ state: 'failed', code: 'DevicesInDoubt' });
    expect(await world.delete(kept as string, 'a')).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('does not grow without end: when many changes have failed, the next is rolled back', async () => {
    const { world, old } = await halfChanged(cloud);
    for (let change = 0; change < 20; change++) {
      world.fault({ kind: 'failCreate', names: ['more-2'] }, { times: 1 });
      await world.update(old, world.options([...lights(3), `more-${change}-1`, 'more-2'], keep));
    }
    const kept = world.head().generations.filter(({ phase }) => phase === 'failed');
    expect(kept).toHaveLength(20);
    expect(world.devices()).not.toContain('more-19-1');
  });
});
