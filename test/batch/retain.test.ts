import { killedAt } from '../support/killed-at';
import { testedClouds, where } from '../support/tested-clouds';
import { lights, World } from '../support/world';

const retain = { removalPolicy: 'retain' } as const;

/** As Pulumi's engine has them deleted. */
async function deleteLines(world: World, generations: readonly string[]): Promise<void> {
  for (const named of generations) {
    const order = world.order({ type: 'delete', named, line: {} });
    await world.submit(order);
    expect(await world.work(order.requestId)).toEqual({ state: 'succeeded' });
  }
}

describe.each(testedClouds)('$name: a batch that retains its devices', (cloud) => {
  it('leaves them at the cloud when it is deleted, with manifest and secrets', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2), retain));
    world.connect('light-001');
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(2));
    expect(world.head().generations).toMatchObject([{ phase: 'gone' }]);
    expect(world.json(`manifests/b1/${generation}.json`).devices).toHaveLength(2);
    expect(world.credentials(`credentials/b1/${generation}/part-00000.ndjson.gz`)).toHaveLength(2);
  });

  it('leaves those that it has from a creation of which the Deletes were lost (I1)', async () => {
    const world = new World({ cloud });
    await world.create(world.options(lights(2), retain));
    const again = await world.create(world.options(lights(2), retain));
    const { generation } = await world.update(again.generation, world.options(lights(2), retain));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(2));
    expect(world.head().generations.map(({ phase }) => phase)).toEqual(['gone', 'gone']);
  });

  it('remembers each of them, also where some have to wait for a change of another batch that lists them (I11)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3), retain));
    // Nobody ever works on it.
    await world.submit(world.order({ type: 'create', options: world.options(lights(1, 3)) }), 'b2');
    const order = { ...world.order({ type: 'delete', named: generation }), deadline: world.clock.now() + 10_800_000 };
    await world.submit(order);
    expect(await world.work(order.requestId)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));
    const notes = (await world.store.list('released/')).map(
      (key) => world.json(key) as { devices: [string, string][] },
    );
    const names = notes.flatMap(({ devices }) => devices.map(([name]) => name));
    expect(names.sort()).toEqual(lights(3));
  });

  it('leaves them also where an older generation stands of whose Deletes none was ever recorded (I1)', async () => {
    const world = new World({ cloud });
    await world.create(world.options(lights(2)));
    const { generation } = await world.create(world.options(lights(2, 3), retain));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(4));
    expect(world.json(`manifests/b1/${generation}.json`).devices).toHaveLength(2);
  });

  it('leaves them also where the resource that it replaced, which retained nothing, is still to be deleted (I1)', async () => {
    const world = new World({ cloud });
    const { generation: old } = await world.create(world.options(lights(2)));
    const order = world.order({ type: 'create', options: world.options(lights(2, 3), retain), displaces: old });
    const generation = (await world.submit(order)) as string;
    await world.work(order.requestId);
    await deleteLines(world, [generation, old]);
    expect(world.devices()).toEqual(lights(4));
  });

  it.each([
    ['the first', (first: string, second: string) => [first, second]],
    ['the second', (first: string, second: string) => [second, first]],
  ])(
    'leaves those of a resource that retains, and deletes those of one that does not, which have one id by an alias, %s deleted first (I1, I2)',
    async (_which, inOrder) => {
      const world = new World({ cloud });
      const { generation: first } = await world.create(world.options(lights(2), retain));
      const { generation: second } = await world.create(world.options(lights(2, 3)));
      await deleteLines(world, inOrder(first, second));
      expect(world.devices()).toEqual(lights(2));
    },
  );

  it('deletes what is kept of a create that failed beside it, under its id (I2)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2), retain));
    world.fault({ kind: 'failCreate', names: ['light-004'] });
    const options = world.options(lights(2, 3), { onPartialFailure: 'keep' });
    const order = world.order({ type: 'create', options, createKeeps: true });
    const kept = (await world.submit(order)) as string;
    expect(await world.work(order.requestId)).toMatchObject({ state: 'failed' });
    expect(world.devices()).toEqual(lights(3));
    await deleteLines(world, [kept, generation]);
    expect(world.devices()).toEqual(lights(2));
  });

  it('does so by the last policy of the one that retains (I1)', async () => {
    const world = new World({ cloud });
    const { generation: first } = await world.create(world.options(lights(2)));
    const { generation: changed } = await world.update(first, world.options(lights(2, 2), retain));
    const { generation: second } = await world.create(world.options(lights(2, 5)));
    await deleteLines(world, [second, changed]);
    expect(world.devices()).toEqual(expect.arrayContaining(lights(2, 2)));
    expect(world.devices()).not.toContain('light-005');
  });

  it('no more than its last change says: what has left it before then is deleted (I2)', async () => {
    const world = new World({ cloud });
    const { generation: first } = await world.create(world.options(lights(2), retain));
    await world.update(first, world.options(lights(2, 2)));
    expect(await world.delete(first)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(2, 2));
  });

  it('gives them up to a batch that does not retain them: they go with that one (I2)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2), retain), 'a');
    const other = await world.create(world.options(lights(1, 2)), 'b');
    expect(await world.delete(generation, 'a')).toEqual({ state: 'succeeded' });
    expect(await world.delete(other.generation, 'b')).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(['light-001']);
  });

  it('leaves manifest and secrets also where it was cut off while its records were deleted (I5)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2), retain));
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    await killedAt(world, order, (what) => what.startsWith('store delete generations/'));
    expect(await world.work(order.requestId)).toEqual({ state: 'succeeded' });
    expect(world.json(`manifests/b1/${generation}.json`).devices).toHaveLength(2);
    expect(world.credentials(`credentials/b1/${generation}/part-00000.ndjson.gz`)).toHaveLength(2);
  });

  it('releases what leaves it, also what has connected, and lists it again as adopted with its secrets', async () => {
    const world = new World({ cloud });
    const { generation: first } = await world.create(world.options(lights(3), retain));
    world.connect('light-001');
    const before = world.identities();
    const { generation: second } = await world.update(first, world.options(lights(2, 2), retain));
    expect(await world.delete(first)).toEqual({ state: 'succeeded' });
    expect(world.identities()).toEqual(before);

    const third = await world.update(second, world.options(lights(3)));
    expect(third).toMatchObject({ state: 'succeeded' });
    const kept = [...world.store.objects.keys()].filter((key) =>
      key.startsWith(`credentials/b1/${third.generation}/c`),
    );
    expect(
      kept
        .flatMap((key) => world.credentials(key))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(lights(3));
    await world.delete(second);
    // The policy is that of the last change now: what the batch created goes, what it once released stays.
    expect(await world.delete(third.generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(['light-001']);
  });

  it('lets another batch of the stack list what it released', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2), retain), 'a');
    await world.delete(generation, 'a');
    const before = world.identities();
    const other = await world.create(world.options(lights(2)), 'b');
    expect(other).toMatchObject({ state: 'succeeded' });
    expect(world.identities()).toEqual(before);
    await world.delete(other.generation, 'b');
    expect(world.identities()).toEqual(before);
  });

  where(cloud.tells.devices)('does not take a stranger of the same name for what it released', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(1), retain), 'a');
    await world.delete(generation, 'a');
    world.deleteByHand('light-001');
    world.seed('light-001');
    const result = await world.create(world.options(lights(1)), 'b');
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesExist' });
  });

  it('still deletes what a failed change created (I2)', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'failCreate', names: ['light-002'] });
    expect(await world.create(world.options(lights(3), retain))).toMatchObject({ state: 'failed' });
    expect(world.devices()).toEqual([]);
  });

  it('is judged by the policy of its last change, not by what a Delete brings', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(1)));
    await world.update(generation, world.options(lights(1), retain));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(1));
  });

  it('releases at once what is left when it was cut off in between', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2), retain));
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    const ports = world.ports(async (what, run) => {
      if (what.startsWith('store put released/')) throw new Error('the store is gone');
      return run();
    });
    await expect(world.once(order.requestId, 'b1', ports)).rejects.toThrow('gone');
    expect(await world.work(order.requestId)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(2));
    expect([...world.store.objects.keys()].filter((key) => key.startsWith('released/'))).toHaveLength(1);
  });
});
