import { settle, previewSettle, type Settled, type SettleWishes } from '../../lib/batch';
import { RATE_USE } from '../../lib/batch/contract';
import { readStatus } from '../../lib/batch/status';
import { limitsOf } from '../../lib/clouds/limits';
import { killedAt } from '../support/killed-at';
import { aliyun, legacy, testedClouds, where, type TestedCloud } from '../support/tested-clouds';
import { lights, World } from '../support/world';

const NOTHING: SettleWishes = { remove: [], deleteActivated: [], forget: [] };
const HOUR = 3600_000;

// Thousands of devices, hours of polling, and a life for each I/O.
jest.setTimeout(120_000);

function settled(world: World, wishes: Partial<SettleWishes> = {}, ports = world.ports()): Promise<Settled> {
  return settle(ports, { ...NOTHING, ...wishes }, { deadline: world.clock.now() + HOUR });
}

/** A world in which a Delete is refused, because one of the devices has connected. */
async function refused(cloud: TestedCloud): Promise<{ world: World; generation: string }> {
  const world = new World({ cloud });
  const { generation } = await world.create(world.options(lights(3)));
  world.connect('light-002');
  expect(await world.delete(generation)).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
  return { world, generation };
}

/** The names of the devices that the store has released. */
function releasedIn(world: World): string[] {
  const parts = [...world.store.objects.keys()].filter((key) => key.startsWith('released/'));
  return parts.flatMap((key) => world.json(key).devices.map((device) => (device as [string, string])[0])).sort();
}

describe.each(testedClouds)('$name: settling a store', (cloud) => {
  it('does nothing where nothing is owed, whatever stands', async () => {
    const world = new World({ cloud });
    await world.create(world.options(lights(3)));
    const before = new Map(world.store.objects);
    expect(await settled(world)).toEqual({ ended: [], finished: [], left: [] });
    expect(world.store.objects).toEqual(before);
    expect(world.devices()).toEqual(lights(3));
  });

  it('finishes a Delete of which nobody has heard any more (I11)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    await world.create(world.options(['other']), 'b2');
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    let deletions = 0;
    await killedAt(world, order, (what) => what === 'cloud DeleteDevice' && ++deletions === 2);
    await world.clock.sleep(2 * HOUR);

    expect(await settled(world)).toEqual({
      ended: [{ batchId: 'b1', request: order.requestId }],
      finished: [{ batchId: 'b1', generation, deleted: 3, suspects: [] }],
      left: [],
    });
    expect(world.devices()).toEqual(['other']);
    expect(world.head().lease).toBeUndefined();
    expect(await world.once(order.requestId)).toMatchObject({ state: 'failed', code: 'DeadlineReached' });
  });

  it('takes back a Create that was killed and never asked about again', async () => {
    const world = new World({ cloud });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    await killedAt(world, order, (what) => what === `cloud ${cloud.operations.collect}`);
    expect(world.devices()).toEqual(lights(3));
    await world.clock.sleep(2 * HOUR);
    expect(await settled(world)).toMatchObject({ ended: [{ batchId: 'b1' }], left: [] });
    expect(world.devices()).toEqual([]);
  });

  it('leaves an operation alone that may still be at work, and says from when on it counts as abandoned', async () => {
    const world = new World({ cloud });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    const { left } = await settled(world, { remove: ['b1'] });
    const until = new Date(order.deadline + 900_000).toISOString();
    expect(left).toEqual([
      expect.objectContaining({ batchId: 'b1', code: 'OperationUnderWay' }),
      {
        batchId: 'b1',
        code: 'OperationUnderWay',
        reason: expect.stringContaining(`settle again after ${until}`) as string,
      },
    ]);
    expect(await world.work(order.requestId)).toMatchObject({ state: 'succeeded' });
  });

  it('lets a batch alone that is being changed, whatever has ended before (I2)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    const order = world.order({ type: 'update', named: generation, options: world.options(lights(4)) });
    await world.submit(order);
    const { left } = await settled(world, { remove: ['b1'] });
    expect(left).toContainEqual(expect.objectContaining({ batchId: 'b1', code: 'OperationUnderWay' }));
    expect(world.head().generations.map(({ phase }) => phase)).toEqual(['standing', 'rising']);
    expect(await world.work(order.requestId)).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(4));
  });

  where(cloud.tells.devices)(
    'lets only what is owed go though it has connected, and guards what stands (I1)',
    async () => {
      const world = new World({ cloud });
      const { generation } = await world.create(world.options(lights(3)));
      expect(await settled(world, { deleteActivated: ['b1'] })).toMatchObject({ finished: [], left: [] });
      world.connect('light-002');
      expect(await world.delete(generation)).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
      expect(world.devices()).toEqual(lights(3));
    },
  );

  where(cloud.tells.devices)('leaves what somebody else holds the lease of', async () => {
    const { world, generation } = await refused(cloud);
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    await killedAt(world, order, (what) => what.startsWith('cloud'));
    // Over by the record, while the lease of the killed one runs on.
    world.clock.advance(-1);
    const head = world.head();
    head.requests.forEach((request) => (request.outcome ??= { ok: false, code: 'x', message: 'x' }));
    await world.store.put('heads/b1.json', JSON.stringify(head));
    expect((await settled(world)).left).toEqual([
      { batchId: 'b1', generation, code: 'BatchBusy', reason: expect.any(String) as string },
    ]);
  });

  where(cloud.tells.devices)('says what is left and why, and finishes it once that is mended', async () => {
    const { world, generation } = await refused(cloud);
    expect(await settled(world)).toEqual({
      ended: [],
      finished: [],
      left: [
        { batchId: 'b1', generation, code: 'ActivatedDevices', reason: expect.stringContaining('light-002') as string },
      ],
    });
    expect(world.devices()).toEqual(lights(3));
    expect(await settled(world, { deleteActivated: ['b1'] })).toMatchObject({ finished: [{ deleted: 3 }], left: [] });
    expect(world.devices()).toEqual([]);
  });

  where(cloud.tells.devices)('treats each batch by its own policy (I1)', async () => {
    const world = new World({ cloud });
    const { generation: careful } = await world.create(world.options(['lamp-a1', 'lamp-a2']), 'a');
    const { generation: bold } = await world.create(world.options(['lamp-b1'], { deleteActivated: true }), 'b');
    ['lamp-a1', 'lamp-b1'].forEach((name) => world.connect(name));
    const { finished, left } = await settled(world, { remove: ['a', 'b'] });
    expect(finished).toMatchObject([{ batchId: 'b', generation: bold, deleted: 1 }]);
    expect(left).toMatchObject([{ batchId: 'a', generation: careful, code: 'ActivatedDevices' }]);
    expect(world.devices()).toEqual(['lamp-a1', 'lamp-a2']);
  });

  it('removes a batch that nobody has any more, if it is named: three Deletes died before their first write', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    const { generation: stays } = await world.create(world.options(['other']), 'b2');
    expect(await settled(world, { remove: ['b1'] })).toEqual({
      ended: [],
      finished: [{ batchId: 'b1', generation, deleted: 3, suspects: [] }],
      left: [],
    });
    expect(world.devices()).toEqual(['other']);
    expect(world.head().current).toBeUndefined();
    expect(world.head('b2').current).toBe(stays);
    // Should CloudFormation ask after all.
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
  });

  where(cloud.tells.devices)('forgets what somebody has seen to, and says which devices that leaves', async () => {
    const { world, generation } = await refused(cloud);
    const { finished, left } = await settled(world, { forget: [generation] });
    expect(left).toEqual([]);
    expect(finished).toMatchObject([{ generation, deleted: 0, forgotten: lights(3) }]);
    expect(world.devices()).toEqual(lights(3));
    expect([...world.store.objects.keys()].filter((key) => !/^(names|released)\//.test(key))).toEqual([
      'heads/b1.json',
    ]);
    // Twice does no harm.
    expect(await settled(world, { forget: [generation] })).toEqual({ ended: [], finished: [], left: [] });
  });

  where(cloud.tells.devices)('lets another batch list again what was forgotten, and never deletes it', async () => {
    const { world, generation } = await refused(cloud);
    await settled(world, { forget: [generation] });
    // What was forgotten has no secrets any more, and not every cloud tells them again.
    const { deviceCredentials = 'store' } = cloud.adopting;
    const { generation: again, ...result } = await world.create(world.options(lights(3), { deviceCredentials }), 'b2');
    expect(result).toMatchObject({ state: 'succeeded' });
    expect(await world.delete(again, 'b2')).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));
  });

  it('forgets nothing that another batch has (I1)', async () => {
    const world = new World({ cloud });
    const { generation: a } = await world.create(world.options(lights(3)), 'a');
    const { generation: b } = await world.create(world.options(['light-003', 'light-004']), 'b');
    const { finished } = await settled(world, { remove: ['a'], forget: [a] });
    expect(finished).toMatchObject([{ generation: a, forgotten: ['light-001', 'light-002'] }]);
    expect(await world.delete(b, 'b')).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(['light-001', 'light-002']);
  });

  it('forgets nothing that another batch may have: while no identity is recorded, it is any (I1)', async () => {
    const world = new World({ cloud });
    const { generation: a } = await world.create(world.options(lights(3)), 'a');
    const order = world.order({ type: 'create', options: world.options(['light-003', 'light-004']) });
    await world.submit(order, 'b');
    const { finished } = await settled(world, { remove: ['a'], forget: [a] });
    expect(finished).toMatchObject([{ generation: a, forgotten: ['light-001', 'light-002'] }]);
    expect(releasedIn(world)).toEqual(['light-001', 'light-002']);
  });

  it('forgets nothing of its own that nobody has read, where another batch has it', async () => {
    const world = new World({ cloud });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    await killedAt(world, order, (what) => what === `cloud ${cloud.operations.collect}`);
    const [generation] = world.head().generations.map(({ id }) => id) as [string];
    await world.clock.sleep(2 * HOUR);
    const other = world.order({ type: 'create', options: world.options(['light-003', 'light-004']) });
    await world.submit(other, 'b2');
    const { finished } = await settled(world, { forget: [generation] });
    expect(finished).toMatchObject([{ generation, forgotten: ['light-001', 'light-002'] }]);
    expect(releasedIn(world)).toEqual([]);
  });

  it('has nothing to forget of what was never planned, nor of a job that it only looked at', async () => {
    const world = new World({ cloud });
    await world.create(world.options(lights(3)));
    const id = cloud.jobs(world.emulator)[0] as string;
    const { generation: looking } = await world.create(world.options([], { devices: { fromJob: { id } } }), 'b2');
    // Nobody but who looks at them names them any more.
    await settled(world, { remove: ['b1'] });
    const order = world.order({ type: 'create', options: world.options(['light-009']) });
    const unplanned = (await world.submit(order, 'b3')) as string;
    await world.clock.sleep(2 * HOUR);
    const { finished } = await settled(world, { remove: ['b2'], forget: [looking, unplanned] });
    const nothing = { deleted: 0, suspects: [], forgotten: [] };
    expect(finished).toEqual([
      { batchId: 'b2', generation: looking, ...nothing },
      { batchId: 'b3', generation: unplanned, ...nothing },
    ]);
    expect(releasedIn(world)).toEqual([]);
  });

  it('releases, of a batch that retains its devices', async () => {
    const world = new World({ cloud });
    await world.create(world.options(lights(3), { removalPolicy: 'retain' }));
    expect(await settled(world, { remove: ['b1'] })).toMatchObject({ finished: [{ deleted: 0 }], left: [] });
    expect(world.devices()).toEqual(lights(3));
  });

  it('waits for a job that no cloud can cancel, and gives up at its deadline; it can be forgotten then (I2)', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'stuckJob', phase: 'CREATE' });
    const { generation, ...result } = await world.create(world.options(lights(3)));
    expect(result).toMatchObject({ state: 'failed', code: 'DeadlineReached' });
    const began = world.clock.now();
    const [job] = cloud.jobs(world.emulator);
    const { left } = await settled(world);
    expect(left).toMatchObject([{ generation, code: 'JobStillRunning' }]);
    expect(left[0]?.reason).toContain(job);
    expect(world.clock.now() - began).toBeLessThan(HOUR + 60_000);
    expect(await settled(world, { forget: [generation] })).toMatchObject({ left: [], finished: [{ generation }] });
  });

  it('stops when it is asked to, gives the lease back, and goes on the next time', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(600)));
    const ending = new AbortController();
    let deletions = 0;
    const ports = world.ports((what, run) => {
      if (what === 'cloud DeleteDevice' && ++deletions === 150) ending.abort();
      return run();
    });
    const wishes = { ...NOTHING, remove: ['b1'] };
    const stopped = await settle(ports, wishes, { deadline: world.clock.now() + HOUR, ending: ending.signal });
    expect(stopped).toMatchObject({ finished: [], left: [{ generation, code: 'NotReached' }] });
    expect(world.devices().length).toBeGreaterThan(0);
    expect(world.devices().length).toBeLessThan(600);
    expect(world.head().lease).toBeUndefined();
    expect(await settled(world)).toMatchObject({ finished: [{ deleted: 600 }], left: [] });
  });

  it('finishes what one generation had to wait for another with', async () => {
    const world = new World({ cloud });
    const { generation: a } = await world.create(world.options(lights(3)), 'a');
    // b takes the devices over, dies half-way, and a falls meanwhile: b has not reported success.
    const order = world.order({ type: 'create', options: world.options(lights(4)) });
    await world.submit(order, 'b');
    await killedAt(world, order, (what) => what === `cloud ${cloud.operations.collect}`, 'b');
    await world.delete(a, 'a');
    expect(world.head('a').generations[0]).toMatchObject({ phase: 'falling' });
    await world.clock.sleep(2 * HOUR);
    expect((await settled(world)).left).toEqual([]);
    expect(world.devices()).toEqual([]);
  });

  where(cloud.tells.devices)('goes past a record that it cannot read, and names it', async () => {
    const { world } = await refused(cloud);
    await world.store.put('heads/a0.json', JSON.stringify({ ...world.head(), batchId: 'a0', version: 2 }));
    const { left } = await settled(world, { deleteActivated: ['b1'] });
    expect(left.map(({ batchId, code }) => ({ batchId, code }))).toEqual([
      { batchId: 'a0', code: 'NewerRecord' },
      // Whether the unreadable batch lists the devices, nobody can say.
      { batchId: 'b1', code: 'NewerRecord' },
    ]);
    expect(world.devices()).toEqual(lights(3));
  });

  it('does not forget what stands, unless its batch is removed', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    await expect(settled(world, { forget: [generation] })).rejects.toMatchObject({ code: 'NotOwed' });
    expect(await settled(world, { forget: [generation], remove: ['b1'] })).toMatchObject({
      finished: [{ generation, forgotten: lights(3) }],
      left: [],
    });
    expect(world.devices()).toEqual(lights(3));
  });

  where(cloud.tells.devices)('survives every I/O being cut: settling again finishes it (I5)', async () => {
    const ioOf = async (cutAt: number) => {
      const { world, generation } = await refused(cloud);
      let io = 0;
      let dead = false;
      let kill: () => void = () => undefined;
      const killed = new Promise<void>((resolve) => (kill = resolve));
      const ports = world.ports(async (_what, run) => {
        if (dead) return new Promise(() => undefined);
        const answer = await run();
        if (++io !== cutAt) return answer;
        dead = true;
        kill();
        return new Promise(() => undefined);
      });
      const wishes = { deleteActivated: ['b1'] };
      await Promise.race([settled(world, wishes, ports).catch(() => undefined), killed]);
      if (!dead) return io;
      await world.clock.sleep(6 * 60_000);
      expect((await settled(world, wishes)).left).toEqual([]);
      expect(world.devices()).toEqual([]);
      expect(world.head().generations).toMatchObject([{ id: generation, phase: 'gone' }]);
      return undefined;
    };
    const total = (await ioOf(0)) ?? 0;
    expect(total).toBeGreaterThan(15);
    for (let at = 1; at <= total; at++) await ioOf(at);
  });
});

describe('settling a store', () => {
  it.each([
    ['remove', 'b7', 'UnknownBatch', 'the store knows no batch b7; it has b1'],
    ['deleteActivated', 'b7', 'UnknownBatch', 'the store knows no batch b7; it has b1'],
    ['forget', 'b1-0', 'UnknownGeneration', 'the store knows no generation b1-0'],
  ] as const)('refuses to %s what it does not know, before it does anything', async (wish, id, code, message) => {
    const { world } = await refused(aliyun);
    await expect(
      settled(world, { [wish]: [id], deleteActivated: ['b1', ...(wish === 'deleteActivated' ? [id] : [])] }),
    ).rejects.toMatchObject({ code, message });
    expect(world.devices()).toEqual(lights(3));
  });

  it('says that it knows no batch at all', async () => {
    const message = 'the store knows no batch b7; it has none';
    await expect(settled(new World(), { remove: ['b7'] })).rejects.toMatchObject({ code: 'UnknownBatch', message });
  });
});

it.each([aliyun, legacy])(
  '$name: settling takes as many turns as it needs, and holds no lease for longer than five minutes at a time',
  async (cloud) => {
    const world = new World({ cloud, rates: true });
    // More than can be deleted in that time.
    const count = 300 * RATE_USE * limitsOf(world.product()).throughput.delete;
    await world.create(world.options(lights(count)));
    let longest = 0;
    const ports = world.ports((_what, run) => {
      const { lease } = world.head();
      longest = Math.max(longest, (lease?.until ?? 0) - world.clock.now());
      return run();
    });
    expect(await settled(world, { remove: ['b1'] }, ports)).toMatchObject({
      finished: [{ deleted: count }],
      left: [],
    });
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThanOrEqual(305_000);
  },
);

// Where devices and when they were made are told, these are found by that and deleted.
it.each([aliyun, legacy])(
  '$name: settling names devices that nobody can prove to be ours, once, and leaves them alone',
  async (cloud) => {
    const world = new World({ cloud, jobs: { lifeMs: 600_000 } });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    let committed = false;
    await killedAt(world, order, (what) => {
      const before = committed;
      committed ||= what === `cloud ${cloud.operations.create}`;
      return before;
    });
    await world.clock.sleep(2 * HOUR);
    expect(await settled(world)).toMatchObject({ finished: [{ suspects: lights(3) }], left: [] });
    expect(await settled(world)).toEqual({ ended: [], finished: [], left: [] });
    expect(world.devices()).toEqual(lights(3));
  },
);

describe('the preview of settling', () => {
  it('says what would be done, and does nothing', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(3)));
    const { generation: second } = await world.create(world.options(['lamp-b1', 'lamp-b2']), 'b2');
    const order = world.order({ type: 'create', options: world.options(['lamp-c1']) });
    await world.submit(order, 'b3');
    await world.clock.sleep(2 * HOUR);
    const before = new Map(world.store.objects);

    const wishes = { remove: ['b1', 'b2'], deleteActivated: ['b2'], forget: [generation] };
    expect(await previewSettle(world.store, world.clock, wishes)).toEqual([
      { batchId: 'b1', action: 'forget', id: generation, devices: 3, deleteActivated: false },
      { batchId: 'b2', action: 'drop', id: second, devices: 2, deleteActivated: true },
      { batchId: 'b3', action: 'endRequest', id: order.requestId },
      expect.objectContaining({ batchId: 'b3', action: 'drop', devices: 0 }),
    ]);
    expect(world.store.objects).toEqual(before);
    expect(await readStatus(world.store, world.clock)).toHaveLength(3);
  });

  it('names nothing that stands or is still being worked on', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(3)));
    await world.submit(world.order({ type: 'update', named: generation, options: world.options(lights(4)) }));
    for (const remove of [[], ['b1']]) {
      expect(await previewSettle(world.store, world.clock, { ...NOTHING, remove })).toEqual([]);
    }
  });
});
