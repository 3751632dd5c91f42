import * as fc from 'fast-check';
import { generateNames } from '../../lib/batch/contract';
import { killedAt } from '../support/killed-at';
import { testedClouds, where } from '../support/tested-clouds';
import { World } from '../support/world';

const generated = (count: number, prefix?: string) => ({ devices: { generated: { count, prefix } } });

describe('generated names', () => {
  it('are the same for the same batch and others for another, and fit a cloud that takes 32 letters and digits', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (one, other) => {
        fc.pre(one !== other);
        const names = generateNames(one, { count: 20, prefix: 'light-' });
        expect(names).toEqual(generateNames(one, { count: 20, prefix: 'light-' }));
        expect(new Set([...names, ...generateNames(other, { count: 20, prefix: 'light-' })]).size).toBe(40);
        for (const name of names) expect(name).toMatch(/^light-[0-9a-v]{13}$/);
      }),
      { numRuns: 50 },
    );
  });

  it('of a larger batch begin with those of a smaller one', () => {
    expect(generateNames('b', { count: 9 }).slice(0, 4)).toEqual(generateNames('b', { count: 4 }));
  });

  it('never change between versions, for devices bear them', () => {
    expect(generateNames('b0123456789abcdef', { count: 2, prefix: 'x-' })).toEqual([
      'x-3qthgvkef789l',
      'x-l01tm32adn134',
    ]);
  });
});

describe.each(testedClouds)('$name: a batch with generated names', (cloud) => {
  it('grows and shrinks without changing the devices that stay', async () => {
    const world = new World({ cloud });
    const { generation: first } = await world.create(world.options([], generated(3, 'lamp-')));
    const three = world.identities();
    expect([...three.keys()].sort()).toEqual(generateNames('b1', { count: 3, prefix: 'lamp-' }).sort());
    const { generation: second } = await world.update(first, world.options([], generated(5, 'lamp-')));
    await world.delete(first);
    expect(world.devices()).toHaveLength(5);
    const { generation: third } = await world.update(second, world.options([], generated(3, 'lamp-')));
    await world.delete(second);
    expect(world.identities()).toEqual(three);
    await world.delete(third);
    expect(world.devices()).toEqual([]);
  });

  it('asks for the same devices again after it was taken back', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'failCreate', names: generateNames('b1', { count: 1 }) }, { times: 1 });
    expect(await world.create(world.options([], generated(3)))).toMatchObject({ state: 'failed' });
    expect(world.devices()).toEqual([]);
    expect(await world.create(world.options([], generated(3)))).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual(generateNames('b1', { count: 3 }).sort());
  });

  it('knows its own devices by their names where the cloud has forgotten the job that made them', async () => {
    const world = new World({ cloud, jobs: { lifeMs: 600_000 } });
    const create = world.order({ type: 'create', options: world.options([], generated(3)) });
    const generation = (await world.submit(create)) as string;
    const { operations } = cloud;
    await killedAt(world, create, (what) => world.sent(operations.create) > 0 && what === `cloud ${operations.status}`);
    await world.clock.sleep(1200_000);
    expect(world.devices()).toHaveLength(3);

    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  where(cloud.tells.secrets)('has devices of its names for its own, of which no record is left (I2)', async () => {
    const world = new World({ cloud });
    const [first = '', ...others] = generateNames('b1', { count: 3 });
    world.seed(first);
    const { generation, state } = await world.create(world.options([], generated(3)));
    expect(state).toBe('succeeded');
    expect(world.devices()).toEqual([first, ...others].sort());
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });
});
