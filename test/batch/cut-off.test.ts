import type { Result } from '../../lib/batch';
import { killedAt } from '../support/killed-at';
import { lights, World } from '../support/world';

describe('an operation that is cut off', () => {
  it('does not fail any more once it stands, although something else cannot be cleared away (I5)', async () => {
    const world = new World();
    const { generation: first } = await world.create(world.options(lights(3)));
    // Whoever asks never heard of this one.
    await world.update(first, world.options(lights(3, 4)));
    world.fault(
      { kind: 'businessError', code: 'iot.device.RemoveTopoRelationFailed' },
      { operation: 'DeleteDevice', after: 1 },
    );
    const order = world.order({ type: 'update', named: first, options: world.options(lights(3, 7)) });
    const third = await world.submit(order);
    let deletions = 0;
    await killedAt(world, order, (what) => what === 'cloud DeleteDevice' && ++deletions === 3);
    expect(await world.work(order.requestId)).toMatchObject({ state: 'succeeded', batch: { id: third } });
    expect(world.devices()).toEqual(expect.arrayContaining(lights(3, 7)));
  });

  it('writes the manifest in the new order, although the order itself was recorded before', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(3)));
    const order = world.order({
      type: 'update',
      named: generation,
      options: world.options([...lights(3)].reverse()),
    });
    await world.submit(order);
    await killedAt(world, order, (what) => what.startsWith('store put manifests/'));
    expect(await world.work(order.requestId)).toMatchObject({ state: 'succeeded' });
    const { devices } = world.json(`manifests/b1/${generation}.json`);
    expect(devices.map((device) => (device as { name: string }).name)).toEqual([...lights(3)].reverse());
  });

  it.each(['credentials/', 'manifests/', 'generations/'])(
    'leaves nothing of a deleted generation in the store, killed while it deletes %s (I11)',
    async (prefix) => {
      const world = new World();
      const { generation } = await world.create(world.options(lights(3)));
      const order = world.order({ type: 'delete', named: generation });
      await world.submit(order);
      await killedAt(world, order, (what) => what.startsWith(`store delete ${prefix}`));
      expect(await world.work(order.requestId)).toEqual({ state: 'succeeded' });
      const left = [...world.store.objects.keys()].filter((key) => !key.startsWith('names/'));
      expect(left).toEqual(['heads/b1.json']);
    },
  );

  it('takes a replacement along that stood and was told to nobody, when the batch is deleted under its old id (I2)', async () => {
    const world = new World();
    const { generation: old } = await world.create(world.options(lights(3)));
    const order = world.order({ type: 'update', named: old, options: world.options(lights(3, 3)) });
    const replacement = await world.submit(order);
    await killedAt(world, order, (what) => what.startsWith('store put heads/') && world.head().current === replacement);

    expect(await world.delete(old)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('tells what it rolled back, although it was killed between that and the telling (I6)', async () => {
    const world = new World();
    world.fault({ kind: 'failCreate', names: ['light-002'] });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    let emptied = false;
    await killedAt(world, order, (what) => {
      const before = emptied;
      emptied ||= what.startsWith('store delete generations/') && what.endsWith('plan.json');
      return before && what.startsWith('store put heads/') && world.head().generations[0]?.phase === 'gone';
    });
    const result = await world.work(order.requestId);
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesNotRegistered' });
    expect(result).toHaveProperty('message', expect.stringMatching(/; rolled back the other 2 devices$/));
  });
});

describe('a request that nobody works on', () => {
  it('ends soon after its deadline, although a killed invocation still holds the lease (I6)', async () => {
    const world = new World();
    const order = { ...world.order({ type: 'create', options: world.options(lights(3)) }) };
    order.deadline = world.clock.now() + 30_000;
    await world.submit(order);
    await killedAt(world, order, (what) => what === 'cloud BatchRegisterDeviceWithApplyId');
    const result = await world.work(order.requestId);
    expect(result).toMatchObject({ state: 'failed', code: 'DeadlineReached' });
    expect(world.clock.now() - order.deadline).toBeLessThan(70_000);
    expect(world.head().generations[0]).toMatchObject({ phase: 'falling' });
  });

  it('is taken back by the next operation of any batch, if nobody asks about it any more (I11)', async () => {
    const world = new World();
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    await killedAt(world, order, (what) => what === 'cloud QueryPageByApplyId');
    expect(world.devices()).toEqual(lights(3));
    await world.clock.sleep(2 * 3600_000);

    expect(await world.create(world.options(['other-1']), 'b2')).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual(['other-1']);
    expect(world.head().generations[0]).toMatchObject({ phase: 'gone' });
    expect(await world.once(order.requestId)).toMatchObject({ state: 'failed', code: 'DeadlineReached' } as Result);
  });

  it('is left to itself while it may still go on', async () => {
    const world = new World();
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    expect(await world.create(world.options(['other-1']), 'b2')).toMatchObject({ state: 'succeeded' });
    expect(await world.work(order.requestId)).toMatchObject({ state: 'succeeded' });
  });
});
