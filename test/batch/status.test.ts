import { countBusy, readStatus, type BatchStatus } from '../../lib/batch/status';
import { killedAt } from '../support/killed-at';
import { aliyun, certificates } from '../support/tested-clouds';
import { lights, World } from '../support/world';

const statusOf = (world: World) => readStatus(world.store, world.clock);
const only = async (world: World) => (await statusOf(world))[0] as BatchStatus;

describe.each([aliyun, certificates])('$name: what the store knows of a batch', (cloud) => {
  it('is nothing before there is one', async () => {
    expect(await statusOf(new World({ cloud }))).toEqual([]);
  });

  it('is what stands, with its jobs, and what it has taken over', async () => {
    const world = new World({ cloud });
    const { generation: first } = await world.create(world.options(lights(3)));
    const { generation: second } = await world.update(first, world.options(lights(4)));
    const product = world.head().generations[0]?.cloudKey;
    const [one, other] = cloud.jobs(world.emulator);
    const standing = { phase: 'standing', product, owed: false };
    expect(await statusOf(world)).toStrictEqual([
      {
        batchId: 'b1',
        current: second,
        generations: [
          { id: first, ...standing, devices: 3, carried: 0, jobs: [jobOf(one, 3)] },
          { id: second, ...standing, devices: 4, carried: 3, jobs: [jobOf(other, 1)] },
        ],
        open: [],
        last: { id: 'request-2', ok: true },
      },
    ]);
    await world.delete(first);
    expect((await only(world)).generations.map(({ id }) => id)).toEqual([second]);
  });

  const jobOf = (id: string | undefined, devices: number) => ({ id, devices, state: 'collected', failed: 0 });

  it('tells of each job how far it has come, at any moment, and what the cloud refused to create', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'failCreate', names: ['light-002'] });
    const seen = new Set<string>();
    const ports = world.ports(async (_what, run) => {
      for (const { generations } of await statusOf(world)) {
        for (const { state, id, failed } of generations.flatMap(({ jobs }) => jobs)) {
          seen.add(`${state}, ${id === undefined ? 'no id' : 'its id'}, ${failed} failed`);
        }
      }
      return run();
    });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    expect(await world.work(order.requestId, 'b1', ports)).toMatchObject({ state: 'failed' });
    const bornAtOpen = cloud === aliyun;
    expect([...seen]).toEqual([
      'planned, no id, 0 failed',
      ...(bornAtOpen ? ['checking, its id, 0 failed'] : []),
      `starting, ${bornAtOpen ? 'its id' : 'no id'}, 0 failed`,
      'running, its id, 0 failed',
      'over, its id, 1 failed',
      'collected, its id, 1 failed',
    ]);
    const { code, message } = world.head().requests[0]?.outcome ?? {};
    expect(await statusOf(world)).toStrictEqual([
      { batchId: 'b1', generations: [], open: [], last: { id: order.requestId, ok: false, code, message } },
    ]);
  });

  it('is what is owed, and how much of it is done', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    world.connect('light-002');
    await world.delete(generation);
    const { generations, last } = await only(world);
    expect(generations).toMatchObject([{ id: generation, phase: 'falling', owed: true, deleted: 0 }]);
    expect(last).toMatchObject({ id: 'request-2', ok: false, code: 'ActivatedDevices' });
  });

  it('is who works on it and until when, as long as that may be true', async () => {
    const world = new World({ cloud });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    const { id, kind, acceptedAt, deadline } = world.head().requests[0] ?? {};
    const open = { id, kind, acceptedAt, deadline, abandoned: false };
    const before = await only(world);
    expect([before.busyUntil, before.open, before.last]).toEqual([undefined, [open], undefined]);
    expect(before).not.toHaveProperty('busyUntil');

    await killedAt(world, order, (what) => what === `cloud ${cloud.operations.create}`);
    const until = world.head().lease?.until ?? 0;
    expect(await only(world)).toMatchObject({ busyUntil: until, open: [open] });
    expect(await countBusy(world.store, world.clock)).toBe(1);

    await world.clock.sleep(until - world.clock.now());
    expect(await only(world)).not.toHaveProperty('busyUntil');
    expect(await countBusy(world.store, world.clock)).toBe(0);
  });

  it('is no job of its own where it only looks at one', async () => {
    const world = new World({ cloud });
    await world.create(world.options(lights(3)));
    const [job] = cloud.jobs(world.emulator);
    await world.create(world.options([], { devices: { fromJob: { id: job as string } } }), 'b2');
    const [, watching] = await statusOf(world);
    expect(watching?.generations).toMatchObject([{ phase: 'standing', owed: false, carried: 0, jobs: [] }]);
  });
});

it('whoever counts the batches that are worked on counts past one that it cannot read', async () => {
  const world = new World();
  const order = world.order({ type: 'create', options: world.options(lights(3)) });
  await world.submit(order);
  await killedAt(world, order, (what) => what.startsWith('cloud'));
  await world.store.put('heads/a0.json', JSON.stringify({ ...world.head(), batchId: 'a0', version: 2 }));
  await world.create(world.options(['other']), 'b2');
  expect(await countBusy(world.store, world.clock)).toBe(1);
});
