/** A deletion whose answer was lost was repeated, and its first copy arrives when the name has been registered again (I1, I4). */
import { preSharedKeys, testedClouds } from '../support/tested-clouds';
import { lights, World } from '../support/world';

describe.each(testedClouds)('on $name', (cloud) => {
  it('deletes no later device of the name', async () => {
    const world = new World({ cloud, jobs: { createMs: 500 } });
    const three = await world.create(world.options(lights(3)));
    const two = await world.update(three.generation, world.options(lights(2)));
    world.fault({ kind: 'late', ms: 4_000 }, { operation: preSharedKeys.operations.delete, times: 1 } as never);
    expect(await world.delete(three.generation)).toMatchObject({ state: 'succeeded' });
    expect(await world.update(two.generation, world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    await world.clock.sleep(10_000);
    world.emulator.settle();
    expect(world.devices()).toEqual(lights(3));
  });
});
