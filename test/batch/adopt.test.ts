import type { Order } from '../../lib/batch';
import { killedAt } from '../support/killed-at';
import { testedClouds, where } from '../support/tested-clouds';
import { lights, World } from '../support/world';

describe.each(testedClouds)('$name: devices that exist already', (cloud) => {
  /** For changes without adopting, of batches that have adopted. */
  const { deviceCredentials = 'store' } = cloud.adopting;

  it('join the batch where that is wanted, and are left where they are when it is deleted (I1)', async () => {
    const world = new World({ cloud });
    world.seed('light-002');
    const theirs = world.identities().get('light-002');
    const { state, generation } = await world.create(world.options(lights(3), cloud.adopting));
    expect(state).toBe('succeeded');
    expect(world.json(`manifests/b1/${generation}.json`).devices).toContainEqual({ name: 'light-002', id: theirs });

    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(['light-002']);
    expect(world.identities().get('light-002')).toBe(theirs);
  });

  it('are known for what they are, if that is recorded while a change looks at them (I2)', async () => {
    const world = new World({ cloud });
    const options = world.options(lights(2), cloud.adopting);
    const first = world.order({ type: 'create', options });
    await world.submit(first);
    let goOn: () => void = () => undefined;
    const looked = new Promise<void>((resolve) => (goOn = resolve));
    let waits: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (waits = resolve));
    const recording = world.ports(async (what, run) => {
      if (what.startsWith('store put generations/') && what.includes('/devices/')) {
        waits();
        await looked;
      }
      return run();
    });
    const made = world.work(first.requestId, 'b1', recording);
    await waiting;

    const second = world.order({ type: 'create', options });
    await world.submit(second, 'b2');
    let calls = 0;
    const looking = world.ports(async (what, run) => {
      // The product, the proof that devices may be deleted, and then the devices.
      if (what.startsWith('cloud ') && ++calls === 3) {
        goOn();
        await made;
      }
      return run();
    });
    expect(await world.work(second.requestId, 'b2', looking)).toMatchObject({ state: 'succeeded' });
    for (const batchId of ['b1', 'b2']) {
      expect(await world.delete(world.head(batchId).current as string, batchId)).toEqual({ state: 'succeeded' });
    }
    expect(world.devices()).toEqual([]);
  });

  where(cloud.tells.secrets)(
    'join with their secrets stored beside the others, as the cloud tells them (I4)',
    async () => {
      const world = new World({ cloud });
      world.seed('light-002');
      const { generation } = await world.create(world.options(lights(2), cloud.adopting));
      expect(world.credentials(`credentials/b1/${generation}/part-00001.ndjson.gz`)).toEqual(
        cloud.secretLines(world.emulator).filter(({ name }) => name === 'light-002'),
      );
    },
  );

  it('fail the change, all of them listed, where only others may join', async () => {
    const world = new World({ cloud });
    for (const name of lights(3)) world.seed(name);
    const before = world.identities();
    const result = await world.create(
      world.options(lights(4), { ...cloud.adopting, onExisting: { adopt: ['light-001'] } }),
    );
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesExist' });
    expect(result).toHaveProperty('message', expect.stringMatching(/^2 of 4 .*light-002, light-003;/));
    expect(world.identities()).toEqual(before);
  });

  it('are left alone by a change that adopted them and failed', async () => {
    const world = new World({ cloud });
    world.seed('light-001');
    world.fault({ kind: 'failCreate', names: ['light-003'] });
    expect(await world.create(world.options(lights(3), cloud.adopting))).toMatchObject({ state: 'failed' });
    expect(world.devices()).toEqual(['light-001']);
    // Nor may anybody list them now who does not adopt.
    expect(await world.create(world.options(lights(3)), 'b2')).toMatchObject({ state: 'failed', code: 'DevicesExist' });
  });

  it('leave the batch as they joined it, and may join again without being adopted anew', async () => {
    const world = new World({ cloud });
    world.seed('light-001');
    const theirs = world.identities().get('light-001');
    const { generation: first } = await world.create(world.options(lights(3), cloud.adopting));
    const { generation: second } = await world.update(first, world.options(lights(2, 2), { deviceCredentials }));
    expect(await world.delete(first)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));

    const third = await world.update(second, world.options(lights(3), { deviceCredentials }));
    expect(third).toMatchObject({ state: 'succeeded' });
    await world.delete(second);
    await world.delete(third.generation);
    expect(world.devices()).toEqual(['light-001']);
    expect(world.identities().get('light-001')).toBe(theirs);
  });

  it('may leave the batch although they have connected: they are not deleted (I1)', async () => {
    const world = new World({ cloud });
    world.seed('light-001');
    world.connect('light-001');
    const { generation } = await world.create(world.options(lights(2), cloud.adopting));
    const changed = await world.update(generation, world.options(lights(2, 2), { deviceCredentials }));
    expect(changed).toMatchObject({ state: 'succeeded' });
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));
  });

  it('are not deleted either when another batch of the stack took them over', async () => {
    const world = new World({ cloud });
    world.seed('shared');
    const { generation: a } = await world.create(world.options(['shared', 'light-1'], cloud.adopting), 'a');
    const { generation: b } = await world.create(world.options(['shared', 'light-2'], { deviceCredentials }), 'b');
    await world.delete(a, 'a');
    expect(world.devices()).toEqual(['light-2', 'shared']);
    await world.delete(b, 'b');
    expect(world.devices()).toEqual(['shared']);
  });

  it('cannot join while they may be those of a change that was cut off before it recorded them (I11)', async () => {
    const world = new World({ cloud });
    const cut = world.order({ type: 'create', options: world.options(lights(3)) });
    const generation = (await world.submit(cut, 'a')) as string;
    const collecting = (what: string) => what.startsWith('store put') && what.includes('/devices/');
    await killedAt(world, cut, collecting, 'a');
    expect(world.devices()).toEqual(lights(3));

    const adopting = world.options(lights(4), cloud.adopting);
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

  describe('of a name that a change listed which was cut off', () => {
    const adopt = (name: string) => world.create(world.options([name], cloud.adopting), `of-${name}`);
    const isOfDevices = (what: string) => what.startsWith('store put generations/') && what.includes('/devices/');
    const isOfJobs = (what: string) => what.startsWith('store put generations/') && what.includes('/jobs/');
    let world: World;
    let cut: Order;

    beforeEach(async () => {
      world = new World({ cloud });
      world.fault({ kind: 'failCreate', names: ['light-001'] }, { times: 1 });
      const options = world.options(lights(2), { onPartialFailure: 'keep' });
      cut = world.order({ type: 'create', options, createKeeps: true });
      await world.submit(cut, 'a');
    });

    it('join where it had started nothing', async () => {
      await killedAt(world, cut, isOfJobs, 'a');
      world.seed('light-001');
      await world.clock.sleep(400_000);
      expect(await adopt('light-001')).toMatchObject({ state: 'succeeded' });
    });

    it('join where its job did not make it, and not where it did', async () => {
      await killedAt(world, cut, isOfDevices, 'a');
      world.seed('light-001');
      await world.clock.sleep(400_000);
      expect(await adopt('light-001')).toMatchObject({ state: 'succeeded' });
      expect(await adopt('light-002')).toMatchObject({ state: 'failed', code: 'DevicesInDoubt' });
    });

    it('do not join while nobody has looked whether its job made it', async () => {
      const { create, status } = cloud.operations;
      await killedAt(world, cut, (what) => world.sent(create) > 0 && what === `cloud ${status}`, 'a');
      await world.clock.sleep(400_000);
      expect(await adopt('light-002')).toMatchObject({ state: 'failed', code: 'DevicesInDoubt' });
    });

    it('join where it is recorded already that its job made it', async () => {
      let isRecorded = false;
      const collected = (what: string) => {
        isRecorded ||= isOfDevices(what);
        return isRecorded && isOfJobs(what);
      };
      await killedAt(world, cut, collected, 'a');
      await world.clock.sleep(400_000);
      expect(await adopt('light-002')).toMatchObject({ state: 'succeeded' });
    });
  });

  it('do not make an update of the same names do anything, whatever onExisting says', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2)));
    const sent = world.emulator.journal.calls().length;
    expect(await world.update(generation, world.options(lights(2), { onExisting: 'adopt' }))).toMatchObject({
      state: 'succeeded',
      generation,
    });
    expect(world.emulator.journal.calls()).toHaveLength(sent);
  });
});
