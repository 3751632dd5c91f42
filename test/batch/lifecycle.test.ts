import { lights, World } from '../support/world';

describe('the life of a batch', () => {
  it('registers every device, says so, and lists them with their identities in the manifest', async () => {
    const world = new World();
    const result = await world.create(world.options(lights(500)));
    expect(result).toMatchObject({ state: 'succeeded', batch: { phase: 'standing', names: { count: 500 } } });
    expect(world.devices()).toEqual(lights(500));

    const manifest = JSON.parse(world.store.text(`manifests/b1/${result.generation}.json`) as string);
    expect(manifest.devices).toEqual(lights(500).map((name) => ({ name, id: world.identities().get(name) })));
  });

  it('deletes what it created', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(3)));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });
});
