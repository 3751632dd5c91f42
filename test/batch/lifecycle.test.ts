import { limitsOf } from '../../lib/clouds/limits';
import { testedClouds, where } from '../support/tested-clouds';
import { lights, World } from '../support/world';

describe.each(testedClouds)('$name: the life of a batch', (cloud) => {
  it('registers every device, says so, and lists them with their identities in the manifest (I4)', async () => {
    const world = new World({ cloud });
    const result = await world.create(world.options(lights(500)));
    expect(result).toMatchObject({ state: 'succeeded', batch: { phase: 'standing', names: { count: 500 } } });
    expect(world.devices()).toEqual(lights(500));

    const manifest = world.json(`manifests/b1/${result.generation}.json`);
    expect(manifest.devices).toEqual(lights(500).map((name) => ({ name, id: world.identities().get(name) })));
    expect(manifest.deviceCount).toBe(500);
    expect(manifest.jobIds).toEqual(cloud.jobs(world.emulator));
  });

  it('keeps every secret in the credentials prefix, and nowhere else (I7)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    const lines = world.credentials(`credentials/b1/${generation}/part-00000.ndjson.gz`);
    expect(lines.map(({ name }) => name)).toEqual(lights(3));

    const secrets = cloud.secrets(world.emulator);
    expect(lines.map((line) => line.DeviceSecret ?? line.DevicePsk ?? line.DevicePrivateKey).sort()).toEqual(
      [...secrets].sort(),
    );
    const elsewhere = [...world.store.objects.keys()].filter((key) => !key.startsWith('credentials/'));
    const text = elsewhere.map((key) => world.store.text(key)).join() + world.logs.join();
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it('keeps no secrets where none are wanted', async () => {
    const world = new World({ cloud });
    await world.create(world.options(lights(3), { deviceCredentials: 'none' }));
    expect([...world.store.objects.keys()].filter((key) => key.startsWith('credentials/'))).toEqual([]);
  });

  it('registers more names than one job takes in several jobs, and loses none of them', async () => {
    const world = new World({ cloud });
    const names = lights(2 * limitsOf(world.product()).namesPerJob + 1);
    const result = await world.create(world.options(names));
    expect(result).toMatchObject({ state: 'succeeded', batch: { jobIds: { length: 3 } } });
    expect(world.devices()).toEqual([...names].sort());
  });

  it('deletes what it created, and leaves nothing in the store but what is needed to answer again', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(250)));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
    const left = [...world.store.objects.keys()].filter((key) => !key.startsWith('names/'));
    expect(left).toEqual(['heads/b1.json']);
  });

  it('leaves devices of others alone', async () => {
    const world = new World({ cloud });
    world.seed('other-001');
    const { generation } = await world.create(world.options(lights(3)));
    await world.delete(generation);
    expect(world.devices()).toEqual(['other-001']);
  });

  it('gives the same answer to the same order, however often it comes', async () => {
    const world = new World({ cloud });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    const first = await world.submit(order);
    expect(await world.submit(order)).toBe(first);
    const result = await world.work(order.requestId);
    expect(await world.submit(order)).toBe(first);
    expect(await world.work(order.requestId)).toEqual(result);
    expect(world.calls(cloud.operations.create)).toBe(1);
  });

  it('counts a device that is gone already as deleted', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    world.deleteByHand('light-002');
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
  });

  where(cloud.tells.devices)('does not delete a device that took the name of one of its own (I1)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    world.deleteByHand('light-002');
    world.seed('light-002');
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(['light-002']);
  });

  where(cloud.tells.devices)(
    'refuses to delete a device that has ever connected, and deletes none then (I1)',
    async () => {
      const world = new World({ cloud });
      const { generation } = await world.create(world.options(lights(3)));
      world.connect('light-002');
      const result = await world.delete(generation);
      expect(result).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
      expect(result).toHaveProperty('message', expect.stringContaining('light-002'));
      expect(world.devices()).toEqual(lights(3));
    },
  );

  it('deletes devices that have connected where the last deployment allowed it', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3), { deleteActivated: true }));
    world.connect('light-002');
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });
});
