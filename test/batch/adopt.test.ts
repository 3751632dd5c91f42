import { killedAt } from '../support/killed-at';
import { lights, World } from '../support/world';

describe('devices that exist already', () => {
  it('join the batch where that is wanted, and are left where they are when it is deleted (I1)', async () => {
    const world = new World();
    world.seed('light-002');
    const theirs = world.identities().get('light-002');
    const { state, generation } = await world.create(world.options(lights(3), { onExisting: 'adopt' }));
    expect(state).toBe('succeeded');
    expect(world.json(`manifests/b1/${generation}.json`).devices).toContainEqual({ name: 'light-002', id: theirs });

    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(['light-002']);
    expect(world.identities().get('light-002')).toBe(theirs);
  });

  it('join with their secrets stored beside the others, as the cloud tells them (I4)', async () => {
    const world = new World();
    world.seed('light-002');
    const { generation } = await world.create(world.options(lights(2), { onExisting: 'adopt' }));
    const [device] = world.emulator.aliyun.devices().filter(({ deviceName }) => deviceName === 'light-002');
    expect(world.credentials(`credentials/b1/${generation}/part-00001.ndjson.gz`)).toEqual([
      { name: 'light-002', id: device?.iotId, DeviceSecret: device?.deviceSecret },
    ]);
  });

  it('fail the change, all of them listed, where only others may join', async () => {
    const world = new World();
    for (const name of lights(3)) world.seed(name);
    const before = world.identities();
    const result = await world.create(world.options(lights(4), { onExisting: { adopt: ['light-001'] } }));
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesExist' });
    expect(result).toHaveProperty('message', expect.stringMatching(/^2 of 4 .*light-002, light-003;/));
    expect(world.identities()).toEqual(before);
  });

  it('are left alone by a change that adopted them and failed', async () => {
    const world = new World();
    world.seed('light-001');
    world.fault({ kind: 'failCreate', names: ['light-003'] });
    expect(await world.create(world.options(lights(3), { onExisting: 'adopt' }))).toMatchObject({ state: 'failed' });
    expect(world.devices()).toEqual(['light-001']);
  });

  it('leave the batch as they joined it, and may join again without being adopted anew', async () => {
    const world = new World();
    world.seed('light-001');
    const theirs = world.identities().get('light-001');
    const { generation: first } = await world.create(world.options(lights(3), { onExisting: 'adopt' }));
    const { generation: second } = await world.update(first, world.options(lights(2, 2)));
    expect(await world.delete(first)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));

    const third = await world.update(second, world.options(lights(3)));
    expect(third).toMatchObject({ state: 'succeeded' });
    await world.delete(second);
    await world.delete(third.generation);
    expect(world.devices()).toEqual(['light-001']);
    expect(world.identities().get('light-001')).toBe(theirs);
  });

  it('are not deleted either when another batch of the stack took them over', async () => {
    const world = new World();
    world.seed('shared');
    const { generation: a } = await world.create(world.options(['shared', 'light-1'], { onExisting: 'adopt' }), 'a');
    const { generation: b } = await world.create(world.options(['shared', 'light-2']), 'b');
    await world.delete(a, 'a');
    expect(world.devices()).toEqual(['light-2', 'shared']);
    await world.delete(b, 'b');
    expect(world.devices()).toEqual(['shared']);
  });

  it('cannot join while they may be those of a change that was cut off before it recorded them (I11)', async () => {
    const world = new World();
    const cut = world.order({ type: 'create', options: world.options(lights(3)) });
    const generation = (await world.submit(cut, 'a')) as string;
    const collecting = (what: string) => what.startsWith('store put') && what.includes('/devices/');
    await killedAt(world, cut, collecting, 'a');
    expect(world.devices()).toEqual(lights(3));

    const adopting = world.options(lights(4), { onExisting: 'adopt' });
    const refused = await world.create(adopting, 'b');
    expect(refused).toMatchObject({ state: 'failed', code: 'DevicesInDoubt' });
    expect(refused).toHaveProperty(
      'message',
      expect.stringMatching(/3 devices .* batch a .*light-001, light-002, light-003/),
    );
    expect(world.devices()).toEqual(lights(3));

    // What is taken back is deleted, as nobody has taken it over.
    world.clock.advance(400_000);
    expect(await world.delete(generation, 'a')).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('do not make an update of the same names do anything, whatever onExisting says', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(2)));
    const sent = world.emulator.journal.calls().length;
    expect(await world.update(generation, world.options(lights(2), { onExisting: 'adopt' }))).toMatchObject({
      state: 'succeeded',
      generation,
    });
    expect(world.emulator.journal.calls()).toHaveLength(sent);
  });
});
