import { generateNames } from '../../lib/batch/contract';
import { killedAt } from '../support/killed-at';
import { certificates, legacy, preSharedKeys, tencents } from '../support/tested-clouds';
import { lights, World, type Sabotage } from '../support/world';

/** The answer of one call that creates devices is lost; `arrives`: whether the call itself is. */
function losing(world: World, arrives: 'arrives' | 'never arrives' | 'arrives late', after = 0): void {
  const match = { operation: 'CreateMultiDevice', times: 1, after };
  if (arrives === 'arrives late') return world.fault({ kind: 'late', ms: 80_000 }, match);
  world.fault({ kind: 'drop', when: arrives === 'arrives' ? 'after' : 'before' }, match);
}

/** The first device of three comes before the lost call is given up, the last one nearly a minute later. */
const SLOW = { createMs: 50_000, createPerDeviceMs: 30_000 };

/** Manifest and stored secrets list each device, with the identity that it has at the cloud (I4). */
function expectComplete(world: World, names: string[]): void {
  const id = world.head().current as string;
  const expected = names.map((name) => ({ name, id: world.identities().get(name) }));
  expect(world.json(`manifests/b1/${id}.json`).devices).toEqual(expected);
  const parts = [...world.store.objects.keys()].filter(
    (key) => key.startsWith(`credentials/b1/${id}/`) && key.endsWith('.gz'),
  );
  const lines = parts.flatMap((key) => world.credentials(key));
  expect(lines.map(({ name }) => name).sort()).toEqual([...names].sort());
  const secrets = world.cloud.secrets(world.emulator);
  for (const { DevicePsk, DevicePrivateKey } of lines) expect(secrets).toContain(DevicePsk ?? DevicePrivateKey);
}

describe.each(tencents)('$name: the answer of CreateMultiDevice is lost', (cloud) => {
  it('and it never arrived: it is sent again after the time in which it still could, and not before (I3)', async () => {
    const world = new World({ cloud });
    losing(world, 'never arrives');
    const before = world.clock.now();
    expect(await world.create(world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    expect(world.sent('CreateMultiDevice')).toBe(2);
    expect(world.clock.now() - before).toBeGreaterThan(90_000);
    expect(world.cloud.jobs(world.emulator)).toHaveLength(1);
    expectComplete(world, lights(3));
  });

  it('and generated names tell that the devices are ours: the batch is complete in the end (I3, I4)', async () => {
    const world = new World({ cloud });
    losing(world, 'arrives');
    const options = world.options([], { devices: { generated: { count: 3 } }, deleteActivated: true });
    const { state, generation } = await world.create(options);
    expect(state).toBe('succeeded');
    expectComplete(world, generateNames('b1', { count: 3 }));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });
});

describe.each([certificates, preSharedKeys])('$name: the answer of CreateMultiDevice is lost', (cloud) => {
  it.each(['arrives', 'arrives late'] as const)(
    'and it %s: every device is there in the end, with its keys',
    async (how) => {
      const world = new World({ cloud, namesPerJob: 2 });
      losing(world, how, 1);
      const { state, generation } = await world.create(world.options(lights(5)));
      expect(state).toBe('succeeded');
      expect(world.devices()).toEqual(lights(5));
      expectComplete(world, lights(5));
      expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
      expect(world.devices()).toEqual([]);
    },
  );

  it('is not what happened to a call that was announced twice: whoever takes its name meanwhile keeps it (I1)', async () => {
    const world = new World({ cloud });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    let slow = true;
    const ports = world.ports(async (what, run) => {
      if (!slow || !/store put .*jobs/.test(what)) return run();
      slow = false;
      await world.clock.sleep(6_000);
      world.seed('light-002');
      return run();
    });
    const result = await world.work(order.requestId, 'b1', ports);
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesNotRegistered' });
    expect(world.devices()).toEqual(['light-002']);
  });

  it('and its task makes one device after the other, slowly: nothing is sent again while it does (I3)', async () => {
    const world = new World({ cloud });
    losing(world, 'arrives');
    Object.assign(world.emulator.tencent.durations, SLOW);
    expect(await world.create(world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    // What has lost its keys is made again, once nothing more comes.
    expect(world.sent('CreateMultiDevice')).toBe(cloud.tells.secrets ? 1 : 2);
    expect(cloud.doubles(world.emulator)).toEqual([]);
    expectComplete(world, lights(3));
  });

  it('and its task makes one device after the other: whoever deletes the batch waits for them all (I2)', async () => {
    const world = new World({ cloud });
    Object.assign(world.emulator.tencent.durations, SLOW);
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    const generation = (await world.submit(order)) as string;
    await killedAt(world, order, (what) => what.startsWith('store put') && world.sent('CreateMultiDevice') > 0);
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    world.clock.advance(600_000);
    world.emulator.settle();
    expect(world.devices()).toEqual([]);
  });

  it('and it never arrived, but another batch of the stack made devices of its names: they are left to that (I1)', async () => {
    const world = new World({ cloud });
    losing(world, 'never arrives');
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    const generation = (await world.submit(order, 'a')) as string;
    const working = world.work(order.requestId, 'a');
    while (world.sent('CreateMultiDevice') === 0) await world.clock.sleep(100);
    const { generation: other, ...made } = await world.create(world.options(lights(2, 2)), 'b');
    expect(made).toMatchObject({ state: 'succeeded' });
    const before = world.identities();
    expect(await working).toMatchObject({ state: 'failed', code: 'DevicesUnproven' });
    await world.delete(generation, 'a');
    expect(world.identities()).toEqual(before);
    expect(await world.delete(other, 'b')).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('and it never arrived, but somebody else made a device of its names long after: it is left alone, and listed (I1)', async () => {
    const world = new World({ cloud });
    losing(world, 'never arrives');
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    await killedAt(world, order, (what) => what.startsWith('store put') && world.sent('CreateMultiDevice') > 0);
    world.clock.advance(600_000);
    world.seed('light-002');
    const result = await world.work(order.requestId);
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesUnproven' });
    expect(result).toHaveProperty('message', expect.stringContaining('light-002'));
    expect(world.devices()).toEqual(['light-002']);
  });

  it('and the next one as well', async () => {
    const world = new World({ cloud });
    losing(world, 'arrives');
    losing(world, 'arrives', 1);
    expect(await world.create(world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    expectComplete(world, lights(3));
  });

  it('and the process with it: whoever deletes the batch finds the devices and deletes them (I2)', async () => {
    const world = new World({ cloud });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    const generation = (await world.submit(order)) as string;
    await killedAt(world, order, (what) => what.startsWith('store put') && world.sent('CreateMultiDevice') > 0);
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    world.emulator.settle();
    expect(world.devices()).toEqual([]);
  });

  it('and a device of its names has connected: it is left alone, and listed (I1)', async () => {
    const world = new World({ cloud });
    losing(world, 'arrives');
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    const ports = world.ports(async (_what, run) => {
      if (world.devices().length === 3) world.connect('light-002');
      return run();
    });
    const result = await world.work(order.requestId, 'b1', ports);
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesUnproven' });
    expect(result).toHaveProperty('message', expect.stringMatching(/1 device .*cannot be read: light-002\./));
    expect(world.devices()).toEqual(['light-002']);
  });

  it('and it never arrived, but somebody else made a device of its names shortly before: it is left alone, and listed (I1)', async () => {
    const world = new World({ cloud });
    losing(world, 'never arrives');
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    const ports = world.ports(async (what, run) => {
      if (what.startsWith('store put') && what.endsWith('/plan.json')) {
        world.seed('light-003');
        world.clock.advance(30_000);
      }
      return run();
    });
    const result = await world.work(order.requestId, 'b1', ports);
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesUnproven' });
    expect(result).toHaveProperty('message', expect.stringContaining('light-003'));
    expect(world.devices()).toEqual(['light-003']);
  });
});

describe('with certificates', () => {
  it('what the lost call made is deleted and made again, for its keys are lost', async () => {
    const world = new World({ cloud: certificates });
    losing(world, 'arrives');
    await world.create(world.options(lights(3)));
    const created = world.emulator.journal.deviceEvents().filter(({ event }) => event === 'created');
    expect(created.map(({ deviceName }) => deviceName)).toEqual([...lights(3), ...lights(3)]);
    expect(world.sent('DescribeDeviceClientKey')).toBe(0);
  });
});

describe('with pre-shared keys', () => {
  it('what the lost call made stays, its keys are read again, and only what is absent is asked for', async () => {
    const world = new World({ cloud: preSharedKeys });
    losing(world, 'arrives');
    world.fault({ kind: 'failCreate', names: ['light-002'] }, { operation: 'CreateMultiDevice', times: 1 });
    expect(await world.create(world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    const created = world.emulator.journal.deviceEvents().filter(({ event }) => event === 'created');
    expect(created.map(({ deviceName }) => deviceName)).toEqual(['light-001', 'light-003', 'light-002']);
    expectComplete(world, lights(3));
  });

  it('nothing is asked for again where the lost call made everything', async () => {
    const world = new World({ cloud: preSharedKeys });
    losing(world, 'arrives');
    expect(await world.create(world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    expect(world.sent('CreateMultiDevice')).toBe(1);
  });
});

describe('by API 2.0, which tells nothing of a device but its name', () => {
  it('fails with every device whose key cannot be read, and deletes none by guess (I1)', async () => {
    const world = new World({ cloud: legacy });
    losing(world, 'arrives');
    const { generation, ...result } = await world.create(world.options(lights(30)));
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesUnproven' });
    const { message } = result as { message: string };
    for (const name of lights(30)) expect(message).toContain(name);
    expect(world.devices()).toEqual(lights(30));
    expect(world.sent('CreateMultiDevice')).toBe(1);
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(30));
  });

  it('names as many as there is room for, and logs them all', async () => {
    const world = new World({ cloud: legacy });
    losing(world, 'arrives');
    const names = lights(100).map((name) => `${name}-${'x'.repeat(38)}`);
    const result = await world.create(world.options(names));
    expect((result as { message: string }).message).toMatch(/and \d\d more\. Look at them/);
    for (const name of names) expect(world.logs.join('\n')).toContain(name);
  });
});

it('the answer of CreateMultiDevice is told too late by a process that stood still: what was made is deleted by then (I4)', async () => {
  const world = new World({ cloud: certificates });
  const options = world.options([], { devices: { generated: { count: 2 } } });
  const order = world.order({ type: 'create', options });
  await world.submit(order);
  let goOn: () => void = () => undefined;
  const stands = new Promise<void>((resolve) => (goOn = resolve));
  let written: Promise<unknown> = stands;
  const standingStill: Sabotage = (what, run) => {
    if (!what.includes('/jobs/') || world.sent('CreateMultiDevice') === 0) return run();
    const writing = stands.then(run);
    written = writing.catch(() => undefined);
    return writing;
  };
  const first = world.once(order.requestId, 'b1', world.ports(standingStill));
  await world.clock.sleep(310_000);

  const second = world.ports(async (what, run) => {
    if (what === 'cloud DeleteDevice') goOn();
    if (what === 'cloud DeleteDevice') await written;
    return run();
  });
  expect(await world.work(order.requestId, 'b1', second)).toMatchObject({ state: 'succeeded' });
  expect(await first).toMatchObject({ state: 'unfinished' });
  expectComplete(world, generateNames('b1', { count: 2 }));
});
