import { lights, World } from '../support/world';

it('a head that is the record of another batch is refused, and that one stays as it is', async () => {
  const world = new World();
  const { generation } = await world.create(world.options(lights(3)));
  await world.create(world.options(['gate-1']), 'b2');
  const other = world.store.text('heads/b2.json');
  await world.store.put('heads/b1.json', other!);

  await expect(world.delete(generation)).rejects.toThrow(
    expect.objectContaining({ code: 'RecordUnreadable' }) as Error,
  );

  expect(world.store.text('heads/b2.json')).toBe(other);
  expect(world.devices()).toHaveLength(4);
});
