import { testedClouds } from '../support/tested-clouds';
import { lights, World } from '../support/world';

describe.each(testedClouds)('$name: no device is kept alive', (cloud) => {
  it('by a batch that only looks at the job which made it (I2)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2)));
    const id = cloud.jobs(world.emulator)[0] as string;
    await world.create(world.options([], { devices: { fromJob: { id } } }), 'b2');
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('by a batch that has devices of the same names on another product (I2)', async () => {
    const world = new World({ cloud });
    cloud.seed(world.emulator, { product: 'other' });
    await world.create(world.options(lights(2), { cloud: world.product('other') }), 'b2');
    const { generation } = await world.create(world.options(lights(2)));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
    expect([...world.identities('other').keys()].sort()).toEqual(lights(2));
  });
});
