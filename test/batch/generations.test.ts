import { DELAYED_DELIVERY_MS } from '../../lib/batch';
import type { BatchOptions } from '../../lib/batch/contract';
import { killedAt } from '../support/killed-at';
import { testedClouds, where } from '../support/tested-clouds';
import { lights, World } from '../support/world';

describe.each(testedClouds)('$name: changing a batch', (cloud) => {
  it('registers only what is new, and deletes what has left when the old generation is deleted', async () => {
    const world = new World({ cloud });
    const { generation: old } = await world.create(world.options(lights(5)));
    const before = world.identities();
    const changed = await world.update(old, world.options(lights(5, 3)));
    expect(changed).toMatchObject({ state: 'succeeded' });
    expect(changed.generation).not.toBe(old);
    expect(world.devices()).toEqual(lights(7));

    expect(await world.delete(old)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(5, 3));
    for (const name of lights(3, 3)) expect(world.identities().get(name)).toBe(before.get(name));
  });

  it('keeps the secrets of devices that stay, with those of the new ones', async () => {
    const world = new World({ cloud });
    const { generation: old } = await world.create(world.options(lights(2)));
    const secrets = world.credentials(`credentials/b1/${old}/part-00000.ndjson.gz`);
    const { generation } = await world.update(old, world.options(lights(3)));
    await world.delete(old);
    expect(world.credentials(`credentials/b1/${generation}/carried-${old}-00000.ndjson.gz`)).toEqual(secrets);
    expect(world.credentials(`credentials/b1/${generation}/part-00000.ndjson.gz`)).toMatchObject([
      { name: 'light-003' },
    ]);
    expect([...world.store.objects.keys()].filter((key) => key.includes(`${old}/`))).toEqual([]);
  });

  where(cloud.tells.secrets)(
    'brings the secrets of devices to the store that were registered without keeping them (I4)',
    async () => {
      const world = new World({ cloud });
      const { generation: old } = await world.create(world.options(lights(2), { deviceCredentials: 'none' }));
      const { generation, state } = await world.update(old, world.options(lights(2)));
      expect(state).toBe('succeeded');
      await world.delete(old);
      const secrets = cloud.secretLines(world.emulator);
      expect(world.credentials(`credentials/b1/${generation}/part-00000.ndjson.gz`)).toEqual(secrets);
    },
  );

  it('gives the same generation back where names only change their order', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    const changed = await world.update(generation, world.options([...lights(3)].reverse()));
    expect(changed).toMatchObject({ state: 'succeeded', generation });
    expect(world.calls(cloud.operations.create)).toBe(1);
    const { devices } = world.json(`manifests/b1/${generation}.json`);
    expect(devices.map((device) => (device as { name: string }).name)).toEqual([...lights(3)].reverse());
  });

  it('gives back the old devices, the very same, when a change is taken back after it succeeded', async () => {
    const world = new World({ cloud });
    const { generation: old } = await world.create(world.options(lights(3)));
    const before = world.identities();
    const { generation: next } = await world.update(old, world.options(lights(4, 3)));
    // Something else in the stack failed: CloudFormation sends the old properties, then deletes the new id.
    expect(await world.update(next, world.options(lights(3)))).toMatchObject({ state: 'succeeded', generation: old });
    expect(await world.delete(next)).toEqual({ state: 'succeeded' });
    expect(world.identities()).toEqual(before);
    expect(world.head().current).toBe(old);
  });

  it('spares the old devices where only the new id is deleted', async () => {
    const world = new World({ cloud });
    const { generation: old } = await world.create(world.options(lights(3)));
    const before = world.identities();
    const { generation: next } = await world.update(old, world.options(lights(4, 3)));
    expect(await world.delete(next)).toEqual({ state: 'succeeded' });
    expect(world.identities()).toEqual(before);
    expect(world.head().current).toBe(old);
    expect(await world.delete(old)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('leaves the old devices as they were when the change fails (I2)', async () => {
    const world = new World({ cloud });
    const { generation: old } = await world.create(world.options(lights(3)));
    const before = world.identities();
    world.fault({ kind: 'failCreate', names: ['light-004'] });
    expect(await world.update(old, world.options(lights(5)))).toMatchObject({ state: 'failed' });
    expect(world.identities()).toEqual(before);
    expect(await world.update(old, world.options(lights(3)))).toMatchObject({ state: 'succeeded', generation: old });
  });

  where(cloud.tells.devices)(
    'refuses a change that would delete a device which has connected, before it creates anything (I1)',
    async () => {
      const world = new World({ cloud });
      const { generation: old } = await world.create(world.options(lights(3)));
      world.connect('light-001');
      const result = await world.update(old, world.options(lights(3, 2)));
      expect(result).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
      expect(world.devices()).toEqual(lights(3));
    },
  );

  where(cloud.tells.secrets)(
    'does not keep the secret of a device that was deleted for that of the one in its place (I4)',
    async () => {
      const world = new World({ cloud });
      const { generation: old } = await world.create(world.options(lights(2)));
      world.deleteByHand('light-002');
      const { generation: undone } = await world.update(old, world.options(lights(3)));
      await world.update(undone, world.options(lights(2)));
      world.denyOperation('DeleteDevice');
      expect(await world.delete(undone)).toMatchObject({ state: 'failed' });
      world.denyOperation();
      // Takes light-002 from the one that is still to be cleared away, light-001 from the older one.
      const { state, generation } = await world.update(old, world.options(lights(3)));
      expect(state).toBe('succeeded');
      const parts = [...world.store.objects.keys()].filter((key) => key.startsWith(`credentials/b1/${generation}/`));
      const secrets = parts.filter((key) => key.endsWith('.gz')).flatMap((key) => world.credentials(key));
      expect(secrets).toHaveLength(3);
      expect(secrets).toEqual(expect.arrayContaining(cloud.secretLines(world.emulator)));
    },
  );

  it('creates a device again that somebody has deleted', async () => {
    const world = new World({ cloud });
    const { generation: old } = await world.create(world.options(lights(3)));
    world.deleteByHand('light-002');
    expect(await world.update(old, world.options(lights(4)))).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(4));
  });

  where(cloud.tells.devices)('does not take another device for the one that it recorded', async () => {
    const world = new World({ cloud });
    const { generation: old } = await world.create(world.options(lights(3)));
    world.deleteByHand('light-002');
    world.seed('light-002');
    const result = await world.update(old, world.options(lights(4)));
    expect(result).toMatchObject({ state: 'failed', code: 'IdentityChanged' });
    expect(result).toHaveProperty(
      'message',
      expect.stringContaining('"light-002" is another device than the one that batch b1'),
    );
    expect(world.devices()).toEqual(lights(3));
  });

  where(cloud.tells.devices)(
    'does not move to another product, under the same names, while a device has connected that would be deleted (I1)',
    async () => {
      const world = new World({ cloud });
      cloud.seed(world.emulator, { product: 'a1Other00001' });
      const { generation } = await world.create(world.options(lights(2)));
      world.connect('light-002');
      const options = world.options(lights(2), { cloud: world.product('a1Other00001') });
      const result = await world.update(generation, options);
      expect(result).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
      expect(result).toHaveProperty('message', expect.stringContaining('light-002'));
      expect(world.identities('a1Other00001').size).toBe(0);
    },
  );

  where(cloud.tells.devices)(
    'deletes no device that has connected once the batch forbids it, whatever it allowed when it made it (I1)',
    async () => {
      const world = new World({ cloud });
      const { generation: old } = await world.create(world.options(lights(2), { deleteActivated: true }));
      await world.update(old, world.options(lights(2, 2)));
      world.connect('light-001');
      expect(await world.delete(old)).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
      expect(world.devices()).toEqual(lights(3));
    },
  );

  it('takes back a change that nobody has heard of, also with what has connected since (I2)', async () => {
    const world = new World({ cloud });
    const { generation: old } = await world.create(world.options(lights(2)));
    expect(await world.update(old, world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    world.connect('light-003');
    expect(await world.update(old, world.options(lights(2)))).toMatchObject({ state: 'succeeded', generation: old });
    expect(world.devices()).toEqual(lights(2));
  });

  it('moves to another product: the new devices first, the old ones when their id is deleted', async () => {
    const world = new World({ cloud });
    cloud.seed(world.emulator, { product: 'a1Other00001' });
    const { generation: old } = await world.create(world.options(lights(2)));
    const options = world.options(lights(2), { cloud: world.product('a1Other00001') });
    expect(await world.update(old, options)).toMatchObject({ state: 'succeeded' });
    await world.delete(old);
    expect(world.devices()).toEqual([]);
    expect([...world.identities('a1Other00001').keys()]).toEqual(lights(2));
  });
});

describe.each(testedClouds)('$name: several batches of one stack', (cloud) => {
  it('lets a name move from one to the other, with the device that bears it', async () => {
    const world = new World({ cloud });
    const { generation: a } = await world.create(world.options(['light-1', 'shared']), 'a');
    const { generation: b } = await world.create(world.options(['light-2']), 'b');
    const before = world.identities().get('shared');
    const { generation: b2 } = await world.update(b, world.options(['light-2', 'shared']), 'b');
    const { generation: a2 } = await world.update(a, world.options(['light-1']), 'a');
    await world.delete(a, 'a');
    await world.delete(b, 'b');
    expect(world.identities().get('shared')).toBe(before);

    await world.delete(a2, 'a');
    expect(world.devices()).toEqual(['light-2', 'shared']);
    await world.delete(b2, 'b');
    expect(world.devices()).toEqual([]);
  });

  it('keeps every device when a construct is renamed: created under the new id, deleted under the old', async () => {
    const world = new World({ cloud });
    const { generation: old } = await world.create(world.options(lights(3)), 'old');
    const before = world.identities();
    const { generation } = await world.create(world.options(lights(3)), 'new');
    expect(await world.delete(old, 'old')).toEqual({ state: 'succeeded' });
    expect(world.identities()).toEqual(before);
    await world.delete(generation, 'new');
    expect(world.devices()).toEqual([]);
  });

  it('waits for a drop that looked before it listed its devices, which deletes them under its eyes (I4)', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(300)), 'a');
    const remove = world.order({ type: 'delete', named: generation });
    await world.submit(remove, 'a');
    const removing = world.work(remove.requestId, 'a');
    while (world.calls('DeleteDevice') < 20) await world.clock.sleep(100);

    // In the order of names, these go last.
    const created = await world.create(world.options(lights(3, 299)), 'b');
    expect(await removing).toEqual({ state: 'succeeded' });
    expect(created).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3, 299));
  });

  it.each([
    ['that looked after it had listed them', lights(2, 299)],
    ['of other names', ['other-1']],
  ])('does not wait for a drop %s', async (_which, names) => {
    const world = new World({ rates: true });
    const { generation } = await world.create(world.options(lights(300)), 'a');
    const before = world.identities().get('light-300');
    const create = world.order({ type: 'create', options: world.options(names) });
    if (names.includes('light-300')) await world.submit(create, 'b');
    const remove = world.order({ type: 'delete', named: generation });
    await world.submit(remove, 'a');
    const removing = world.work(remove.requestId, 'a');
    while (world.calls('DeleteDevice') < 20) await world.clock.sleep(100);

    if (!names.includes('light-300')) await world.submit(create, 'b');
    expect(await world.work(create.requestId, 'b')).toMatchObject({ state: 'succeeded' });
    expect(world.devices().length).toBeGreaterThan(50);
    expect(await removing).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(names);
    if (names.includes('light-300')) expect(world.identities().get('light-300')).toBe(before);
  });

  it('does not call a batch deleted while devices of it are kept alive by a change that nobody works on (I2)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)), 'a');
    // Recorded, then killed: the framework never asks about it, and swallows its Delete.
    await world.submit(world.order({ type: 'create', options: world.options(['light-002', 'light-009']) }), 'b');
    const first = await world.delete(generation, 'a');
    expect(first).toMatchObject({ state: 'failed', code: 'DeadlineReached' });
    expect(world.devices()).toEqual(['light-002']);
    expect(await world.delete(generation, 'a')).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  where(cloud.tells.devices)(
    'finishes what another batch left behind before it begins, and fails if it cannot (I11)',
    async () => {
      const world = new World({ cloud });
      const { generation } = await world.create(world.options(lights(2)), 'a');
      world.connect('light-001');
      expect(await world.delete(generation, 'a')).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
      const blocked = await world.create(world.options(['other-1']), 'b');
      expect(blocked).toMatchObject({ state: 'failed', code: 'StillOwed' });
      expect(blocked).toHaveProperty('message', expect.stringContaining('light-001'));

      world.deleteByHand('light-001');
      expect(await world.create(world.options(['other-1']), 'b')).toMatchObject({ state: 'succeeded' });
      expect(world.devices()).toEqual(['other-1']);
    },
  );

  it('deletes what a killed change had made also where the next one lists it and fails (I2)', async () => {
    const world = new World({ cloud });
    const order = world.order({ type: 'create', options: world.options(lights(2)) });
    await world.submit(order);
    await killedAt(world, order, (what) => what.startsWith('store put manifests/'));
    await world.clock.sleep(3_600_000);
    world.seed('light-003');
    expect(await world.create(world.options(lights(2, 2)))).toMatchObject({ state: 'failed', code: 'DevicesExist' });
    expect(world.devices()).toEqual(['light-003']);
    expect(world.head().generations.map(({ phase }) => phase)).toEqual(['gone', 'gone']);
  });

  describe('what a killed change had made, and another batch has in use since', () => {
    async function inUse(changes: Partial<BatchOptions>): Promise<{ world: World; generation: string }> {
      const world = new World({ cloud });
      const order = world.order({ type: 'create', options: world.options(lights(2)) });
      await world.submit(order, 'a');
      await killedAt(world, order, (what) => what.startsWith('store put manifests/'), 'a');
      await world.clock.sleep(3_600_000);
      const { state, generation } = await world.create(world.options(lights(2), changes), 'b');
      expect(state).toBe('succeeded');
      // It will be dropped once the other one is known to have them for good.
      expect(world.head('a').generations).toMatchObject([{ phase: 'falling', reported: false }]);
      return { world, generation };
    }

    it('is released by the policy of that one, whoever is the first to clear away (I1)', async () => {
      const { world, generation } = await inUse({ removalPolicy: 'retain' });
      const before = world.identities();
      const remove = world.order({ type: 'delete', named: generation });
      await world.submit(remove, 'b');
      expect(await world.create(world.options(['other-1']), 'c')).toMatchObject({ state: 'succeeded' });
      expect(await world.work(remove.requestId, 'b')).toEqual({ state: 'succeeded' });
      expect(world.identities()).toEqual(new Map([...before, ['other-1', expect.any(String)]]));
      expect(await world.create(world.options(['other-2']), 'd')).toMatchObject({ state: 'succeeded' });
      expect(world.head('a').generations).toMatchObject([{ phase: 'gone' }]);
    });

    where(cloud.tells.devices)('is not deleted where that one may not delete what has connected (I1)', async () => {
      const { world, generation } = await inUse({});
      world.connect('light-001');
      expect(await world.delete(generation, 'b')).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
      expect(await world.create(world.options(['other-1']), 'c')).toMatchObject({ code: 'StillOwed' });
      expect(world.devices()).toEqual(lights(2));
      expect(world.head('a').generations).toMatchObject([{ phase: 'falling' }]);

      world.deleteByHand('light-001');
      expect(await world.delete(generation, 'b')).toEqual({ state: 'succeeded' });
      expect(world.head('a').generations).toMatchObject([{ phase: 'gone' }]);
    });
  });
});

describe.each(testedClouds)('$name: events out of the ordinary', (cloud) => {
  it('takes a Delete with an invented id for the Create whose answer was lost', async () => {
    const world = new World({ cloud });
    await world.create(world.options(lights(3)));
    expect(await world.delete('stack-batch-1A2B3C')).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('spares what was created anew when the Delete comes of a Create that was never heard of (I1)', async () => {
    const world = new World({ cloud });
    await world.submit(world.order({ type: 'create', options: world.options(lights(2)) }));
    const { state } = await world.create(world.options(lights(2)));
    expect(state).toBe('succeeded');
    expect(await world.delete('stack-batch-1A2B3C')).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(2));
  });

  it('deletes nothing for an invented id once the Create is known to have been heard', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    await world.update(generation, world.options(lights(3)));
    expect(await world.delete('stack-batch-1A2B3C')).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));
  });

  it('takes such a Delete for the Create that was never heard of, not for one that was made since', async () => {
    const world = new World({ cloud });
    await world.create(world.options(lights(2)));
    const { generation } = await world.create(world.options(lights(4, 2)));
    const before = world.identities();
    expect(await world.delete('stack-batch-1A2B3C')).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(4, 2));
    for (const name of lights(4, 2)) expect(world.identities().get(name)).toBe(before.get(name));
    expect(await world.delete('stack-batch-4D5E6F')).toEqual({ state: 'succeeded' });
    expect(world.head().generations.find(({ id }) => id === generation)?.phase).toBe('gone');
    expect(world.devices()).toEqual([]);
  });

  it('stops a Create that a Delete overtakes, and leaves nothing behind', async () => {
    const world = new World({ cloud });
    const create = world.order({ type: 'create', options: world.options(lights(3)) });
    const generation = (await world.submit(create)) as string;
    const ports = world.ports(async (what, run) => {
      const answer = await run();
      if (what === `cloud ${cloud.operations.create}`) {
        await world.submit(world.order({ type: 'delete', named: generation }));
      }
      return answer;
    });
    expect(await world.work(create.requestId, 'b1', ports)).toMatchObject({ state: 'failed', code: 'Superseded' });
    const open = world.head().requests.find((request) => !request.outcome);
    expect(await world.work(open?.id as string)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('waits with a Delete that knows nothing for the Create that may have been delayed, which then does nothing', async () => {
    const world = new World({ cloud });
    const remove = world.order({ type: 'delete', named: 'unheard-of' });
    await world.submit(remove);
    expect(await world.once(remove.requestId)).toEqual({ state: 'unfinished' });
    const create = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(create);
    expect(await world.once(create.requestId)).toMatchObject({ state: 'failed', code: 'Superseded' });
    expect(await world.once(remove.requestId)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('takes a Delete for younger than a waiting one of the same id: whoever worked on that one has died', async () => {
    const world = new World({ cloud });
    const first = world.order({ type: 'delete', named: 'unheard-of' });
    await world.submit(first);
    expect(await world.once(first.requestId)).toEqual({ state: 'unfinished' });
    expect(await world.delete('unheard-of')).toEqual({ state: 'succeeded' });
    expect(await world.once(first.requestId)).toMatchObject({ state: 'failed', code: 'Superseded' });
  });

  it('takes an Update that knows of a waiting one for younger, not for the one that was waited for', async () => {
    const world = new World({ cloud });
    const [asked, unheard, wanted] = [lights(2), lights(3), lights(4)].map((names) => world.options(names));
    if (!asked || !unheard || !wanted) throw new Error('no options');
    const { generation } = await world.create(asked);
    const waiting = world.order({ type: 'update', named: generation, options: wanted, previous: unheard });
    await world.submit(waiting);
    expect(await world.once(waiting.requestId)).toEqual({ state: 'unfinished' });
    const back = world.order({ type: 'update', named: generation, options: asked, previous: wanted });
    await world.submit(back);
    expect(await world.work(back.requestId)).toMatchObject({ state: 'succeeded', batch: { id: generation } });
    expect(await world.once(waiting.requestId)).toMatchObject({ state: 'failed', code: 'Superseded' });
    expect(world.devices()).toEqual(lights(2));
  });

  it('takes an Update for younger that goes back as the waiting one does: whoever worked on that one has died', async () => {
    const world = new World({ cloud });
    const [asked, unheard] = [world.options(lights(2)), world.options(lights(3))];
    const { generation } = await world.create(asked);
    const back = () => world.order({ type: 'update', named: generation, options: asked, previous: unheard });
    const first = back();
    await world.submit(first);
    expect(await world.once(first.requestId)).toEqual({ state: 'unfinished' });
    const again = back();
    await world.submit(again);
    expect(await world.work(again.requestId)).toMatchObject({ state: 'succeeded', batch: { id: generation } });
    expect(await world.once(first.requestId)).toMatchObject({ state: 'failed', code: 'Superseded' });

    // The one that was waited for is older all the same.
    const late = world.order({ type: 'update', named: generation, options: unheard, previous: asked });
    await world.submit(back());
    await world.submit(late);
    expect(await world.once(late.requestId)).toMatchObject({ state: 'failed', code: 'Superseded' });
    expect(world.devices()).toEqual(lights(2));
  });

  it('takes a Delete for younger than an Update that waits', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2)));
    const [options, previous] = [world.options(lights(2)), world.options(lights(3))];
    await world.submit(world.order({ type: 'update', named: generation, options, previous }));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('expects the options of what stands again after a Delete alone took a change back', async () => {
    const world = new World({ cloud });
    const [asked, changed] = [world.options(lights(2)), world.options(lights(3))];
    const { generation } = await world.create(asked);
    const { generation: next } = await world.update(generation, changed);
    await world.delete(next);
    const again = world.order({ type: 'update', named: generation, options: changed, previous: asked });
    await world.submit(again);
    expect(await world.once(again.requestId)).toMatchObject({ state: 'succeeded' });
  });

  it('is done with such a Delete after a minute', async () => {
    const world = new World({ cloud });
    const before = world.clock.now();
    expect(await world.delete('unheard-of')).toEqual({ state: 'succeeded' });
    expect(world.clock.now() - before).toBeGreaterThanOrEqual(DELAYED_DELIVERY_MS);
  });

  it('counts that minute from the first such Delete: one that is tried again holds no new Create up', async () => {
    const world = new World({ cloud });
    const remove = () => world.submit(world.order({ type: 'delete', named: 'unheard-of' }));
    await remove();
    world.clock.advance(50_000);
    await remove();
    expect(await world.create(world.options(lights(2)))).toMatchObject({ state: 'failed', code: 'Superseded' });
    world.clock.advance(11_000);
    await remove();
    expect(await world.create(world.options(lights(2)))).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(2));
  });

  it('lets only one of two callers work at a time (I3)', async () => {
    const world = new World({ cloud });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    const both = await Promise.all([world.work(order.requestId), world.work(order.requestId)]);
    expect(both[0]).toEqual(both[1]);
    expect(world.calls(cloud.operations.create)).toBe(1);
  });
});
