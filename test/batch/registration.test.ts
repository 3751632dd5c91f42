import { generateNames } from '../../lib/batch/contract';
import type { Workers } from '../../lib/batch/ports/workers';
import type { EnginePorts, Order } from '../../lib/batch';
import { killedAt } from '../support/killed-at';
import { aliyun, preSharedKeys, tencents, testedClouds, where } from '../support/tested-clouds';
import { lights, World, type Sabotage } from '../support/world';

/** The steps that are written down of the first job. */
function stepsOf(world: World): string[] {
  const id = world.head().generations[0]?.id;
  const entry = world.store.text(`generations/${id}/jobs/00000.json`) ?? '{"steps":[]}';
  return (JSON.parse(entry) as { steps: { step: string }[] }).steps.map(({ step }) => step);
}

async function submitted(world: World, names: string[]): Promise<Order> {
  const order = world.order({ type: 'create', options: world.options(names) });
  await world.submit(order);
  return order;
}

describe.each(testedClouds)('$name: a job whose process was killed', (cloud) => {
  const { create, status, collect } = cloud.operations;

  it('is waited for by the next one, and not started again; no other one is either (I3)', async () => {
    const world = new World({ cloud, namesPerJob: 2 });
    const order = await submitted(world, lights(5));
    await killedAt(world, order, (what) => world.calls(create) === 3 && what === `cloud ${status}`);
    expect(await world.work(order.requestId)).toMatchObject({ state: 'succeeded' });
    expect(world.sent(create)).toBe(3);
    expect(world.devices()).toEqual(lights(5));
  });

  it('is needed no more when all that it made is recorded, though the cloud has forgotten it (I5)', async () => {
    const world = new World({ cloud, jobs: { lifeMs: 600_000 } });
    const order = await submitted(world, lights(3));
    await killedAt(world, order, (what) => what.startsWith('store put manifests/'));
    world.clock.advance(1_200_000);
    expect(await world.work(order.requestId)).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));
  });

  it('fails the change when the cloud has forgotten it: the devices that it may have made are left alone, and listed (I1, I6)', async () => {
    const world = new World({ cloud, jobs: { lifeMs: 600_000 } });
    const order = await submitted(world, lights(3));
    await killedAt(world, order, (what) => world.sent(create) > 0 && what === `cloud ${status}`);
    const [job] = cloud.jobs(world.emulator);
    world.clock.advance(1_200_000);
    const result = await world.work(order.requestId);
    expect(result).toMatchObject({ state: 'failed', code: 'JobVanished' });
    expect(result).toHaveProperty(
      'message',
      expect.stringMatching(`took job ${job} .*light-001, light-002, light-003`),
    );
    expect(world.devices()).toEqual(lights(3));
  });

  it('is told of by whoever takes it back, when the cloud has forgotten what it listed (I1)', async () => {
    const world = new World({ cloud, jobs: { lifeMs: 600_000 } });
    const order = await submitted(world, lights(3));
    await killedAt(world, order, (what) => what === `cloud ${collect}`);
    world.clock.advance(1_200_000);
    const result = await world.delete(world.head().generations[0]?.id ?? '');
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesUnproven' });
    expect(result).toHaveProperty('message', expect.stringContaining('light-001, light-002, light-003'));
    expect(world.devices()).toEqual(lights(3));
  });

  it('is owed while the cloud does not let its devices be listed (I2)', async () => {
    const world = new World({ cloud });
    const order = await submitted(world, lights(3));
    await killedAt(world, order, (what) => what === `cloud ${collect}`);
    const id = world.head().generations[0]?.id ?? '';
    world.denyOperation(collect);
    expect(await world.delete(id)).toMatchObject({ state: 'failed', code: 'CloudCallFailed' });
    world.denyOperation();
    world.fault({ kind: 'gatewayError', status: 503, code: 'ServiceUnavailable' }, { operation: collect });
    expect(await world.delete(id)).toMatchObject({ state: 'failed', code: 'CloudUnavailable' });
    // Its job is over.
    expect(world.head().generations).toMatchObject([{ phase: 'falling' }]);
    world.emulator.faults.clear();
    expect(await world.delete(id)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });
});

describe.each(testedClouds)('$name: a call on its way when its process was killed', (cloud) => {
  /** Processes of which it shows at once when they are gone. */
  const gone: Workers = { self: 'one', isDead: () => true };
  const portsOf = (world: World, sabotage?: Sabotage): EnginePorts => ({ ...world.ports(sabotage), workers: gone });

  /** The call arrives in the end, though nobody is there any more to hear its answer. */
  async function killedWhileStarting(world: World): Promise<Order> {
    const options = world.options([], { devices: { generated: { count: 3 } }, deleteActivated: true });
    const order: Order = { ...world.order({ type: 'create', options }), asker: gone.self };
    await world.submit(order);
    world.fault({ kind: 'late', ms: 80_000 }, { operation: cloud.operations.create, times: 1 });
    let kill: () => void = () => undefined;
    const killed = new Promise<'killed'>((resolve) => (kill = () => resolve('killed')));
    const die: Sabotage = (what, run) => {
      if (what !== `cloud ${cloud.operations.create}`) return run();
      void run().catch(() => undefined);
      kill();
      return new Promise(() => undefined);
    };
    expect(await Promise.race([world.once(order.requestId, 'b1', portsOf(world, die)), killed])).toBe('killed');
    return order;
  }

  it('is not made again while it may arrive, by whoever goes on at once (I3)', async () => {
    const world = new World({ cloud });
    const order = await killedWhileStarting(world);
    const sentAt = world.clock.now();
    const watch: Sabotage = (what, run) => {
      if (what === `cloud ${cloud.operations.create}`) expect(world.clock.now() - sentAt).toBeGreaterThan(90_000);
      return run();
    };
    expect(await world.work(order.requestId, 'b1', portsOf(world, watch))).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual([...generateNames('b1', { count: 3 })].sort());
  });

  it('is waited for by whoever deletes the batch at once, with all that it makes (I2)', async () => {
    const world = new World({ cloud });
    await killedWhileStarting(world);
    const order: Order = {
      ...world.order({ type: 'delete', named: world.head().generations[0]?.id ?? '' }),
      asker: gone.self,
    };
    await world.submit(order);
    expect(await world.work(order.requestId, 'b1', portsOf(world))).toEqual({ state: 'succeeded' });
    world.clock.advance(600_000);
    world.emulator.settle();
    expect(world.devices()).toEqual([]);
  });
});

describe.each(testedClouds)('$name: what a job lists', (cloud) => {
  where(cloud.tells.devices)('has no part in what somebody else made of a name meanwhile (I1)', async () => {
    const world = new World({ cloud });
    const order = await submitted(world, lights(3));
    const ports = world.ports(async (what, run) => {
      if (what === `cloud ${cloud.operations.create}` && world.devices().length === 0) world.seed('light-002');
      return run();
    });
    const result = await world.work(order.requestId, 'b1', ports);
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesNotRegistered' });
    // Told as what was not registered, and not as one of which nobody knows whose it is.
    expect(result).toHaveProperty(
      'message',
      expect.stringMatching(/^1 of 3 .*light-002 \(.*; rolled back the other 2 devices$/),
    );
    expect(world.devices()).toEqual(['light-002']);
  });
});

describe.each(testedClouds)('$name: jobs that run while a change is taken back', (cloud) => {
  it('are named where they still do at the time-out, those that are over are not (I6)', async () => {
    const world = new World({ cloud, namesPerJob: 2 });
    world.fault({ kind: 'stuckJob', phase: 'CREATE' }, { operation: cloud.operations.create, times: 1 });
    const result = await world.create(world.options(lights(4)));
    const jobs = cloud.jobs(world.emulator).filter((job) => JSON.stringify(result).includes(job));
    expect(result).toMatchObject({ state: 'failed', code: 'DeadlineReached' });
    expect(jobs).toHaveLength(1);
    expect(world.devices()).toHaveLength(2);
  });

  it('are not said to run where the cloud cannot be asked (I6)', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'stuckJob', phase: 'CREATE' }, { operation: cloud.operations.create, times: 1 });
    const { generation } = await world.create(world.options(lights(2)));
    world.fault({ kind: 'gatewayError', status: 503, code: 'ServiceUnavailable' });
    expect(await world.delete(generation)).toMatchObject({ state: 'failed', code: 'CloudUnavailable' });
    world.emulator.faults.clear();
    world.denyOperation(cloud.operations.status);
    expect(await world.delete(generation)).toMatchObject({ state: 'failed', code: 'CloudCallFailed' });
  });
});

describe('a job whose answer was lost, where its id is known before', () => {
  it.each([0, 300_000])('is among those of the batch and written down once, if it takes %d ms', async (createMs) => {
    const world = new World({ jobs: { createMs } });
    world.fault({ kind: 'drop', when: 'after' }, { operation: 'BatchRegisterDeviceWithApplyId', times: 1 });
    const result = await world.create(world.options(lights(3)));
    expect(result).toMatchObject({ state: 'succeeded', batch: { jobIds: aliyun.jobs(world.emulator) } });
    const steps = ['opened', 'committing', 'committed', 'settled', 'collected'];
    expect(stepsOf(world)).toEqual(createMs === 0 ? steps.filter((step) => step !== 'committed') : steps);
  });
});

describe.each(tencents)('$name: a task whose answer was lost', (cloud) => {
  it('and that makes a device after all seemed over: that is found and taken back as well (I2)', async () => {
    const world = new World({ cloud });
    Object.assign(world.emulator.tencent.durations, { createMs: 50_000, createPerDeviceMs: 70_000 });
    world.fault({ kind: 'drop', when: 'after' }, { operation: 'CreateMultiDevice', times: 1 });
    const options = world.options([], { devices: { generated: { count: 2 } }, deleteActivated: true });
    const { generation, ...result } = await world.create(options);
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesNotRegistered' });
    await world.delete(generation);
    world.clock.advance(600_000);
    world.emulator.settle();
    expect(world.devices()).toEqual([]);
  });
});

it('devices that a lost call made and that are gone before their keys are read are missed (I4)', async () => {
  const world = new World({ cloud: preSharedKeys });
  world.fault({ kind: 'drop', when: 'after' }, { operation: 'CreateMultiDevice', times: 1 });
  const order = await submitted(world, lights(2));
  const ports = world.ports(async (what, run) => {
    const landed = stepsOf(world).includes('settled');
    if (landed && world.devices().length === 2) world.deleteByHand('light-002');
    return run();
  });
  const result = await world.work(order.requestId, 'b1', ports);
  expect(result).toMatchObject({ state: 'failed', code: 'DevicesMissing' });
  expect(result).toHaveProperty('message', expect.stringContaining('light-002'));
});

it('a job must list what it says it has made: else the change fails and names what is missing (I4)', async () => {
  const world = new World();
  const order = await submitted(world, lights(3));
  const ports = world.ports(async (what, run) => {
    if (what === 'cloud QueryPageByApplyId' && world.devices().length === 3) world.deleteByHand('light-002');
    return run();
  });
  const result = await world.work(order.requestId, 'b1', ports);
  expect(result).toMatchObject({ state: 'failed', code: 'DevicesMissing' });
  expect(result).toHaveProperty('message', expect.stringMatching(/created 1 device .*list light-002; rolled back/));
  expect(world.devices()).toEqual([]);
});

describe('a check of names', () => {
  it.each([
    { advance: 0, checks: 1 },
    { advance: 1_200_000, checks: 2 },
  ])('whose process was killed is made again only where the cloud has forgotten it ($advance ms)', async (row) => {
    const world = new World({ jobs: { lifeMs: 600_000 } });
    const order = await submitted(world, lights(3));
    await killedAt(world, order, (what) => what === 'cloud QueryBatchRegisterDeviceStatus');
    world.clock.advance(row.advance);
    expect(await world.work(order.requestId)).toMatchObject({ state: 'succeeded' });
    expect(world.calls('BatchCheckDeviceNames')).toBe(row.checks);
  });

  it('that fails tells which names were refused, also those that have been taken meanwhile, and registers none', async () => {
    const world = new World();
    world.fault({ kind: 'failCheck', names: ['light-002'], reason: 'reserved' });
    const order = await submitted(world, lights(3));
    const ports = world.ports(async (what, run) => {
      if (what === 'cloud BatchCheckDeviceNames') world.seed('light-003');
      return run();
    });
    const result = await world.work(order.requestId, 'b1', ports);
    expect(result).toMatchObject({ state: 'failed', code: 'NamesRefused' });
    expect((result as { message: string }).message).toMatch(
      /^2 of 3 names were refused, nothing was registered: light-002 \(reserved\), light-003 /,
    );
    expect(world.devices()).toEqual(['light-003']);
  });
});

describe('a job for devices whose names the cloud invents', () => {
  const assigned = (world: World, count: number) => world.options([], { devices: { assignedByCloud: { count } } });

  it('is waited for although it is shown as checked for long', async () => {
    const world = new World();
    world.fault({ kind: 'status', status: 'CHECK_SUCCESS' }, { times: 120 });
    expect(await world.create(assigned(world, 3))).toMatchObject({ state: 'succeeded' });
    expect(world.sent('BatchRegisterDevice')).toBe(1);
  });

  it('fails where one of them is gone before they are listed, as nobody knows its name (I4)', async () => {
    const world = new World();
    const order = world.order({ type: 'create', options: assigned(world, 3) });
    await world.submit(order);
    const ports = world.ports(async (what, run) => {
      const [first, ...others] = world.devices();
      if (what === 'cloud QueryPageByApplyId' && first && others.length === 2) world.deleteByHand(first);
      return run();
    });
    const result = await world.work(order.requestId, 'b1', ports);
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesMissing' });
    expect(result).toHaveProperty(
      'message',
      expect.stringMatching(/created 1 device which it does not list; rolled back/),
    );
    expect(world.devices()).toEqual([]);
  });

  it('that the cloud has forgotten is told of with what was made since, and nothing is deleted (I1)', async () => {
    const world = new World({ jobs: { lifeMs: 600_000 } });
    const order = world.order({ type: 'create', options: assigned(world, 2) });
    const generation = (await world.submit(order)) as string;
    await killedAt(world, order, (what) => what === 'cloud QueryBatchRegisterDeviceStatus');
    world.clock.advance(1_200_000);
    const result = await world.delete(generation);
    expect(world.devices()).toHaveLength(2);
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesUnproven' });
    for (const name of world.devices()) expect(result).toHaveProperty('message', expect.stringContaining(name));
  });
});

it('a job of named devices that the cloud has forgotten brings nobody else under suspicion', async () => {
  const world = new World({ jobs: { lifeMs: 600_000 } });
  const order = await submitted(world, lights(2));
  await killedAt(world, order, (what) => world.sent('BatchRegisterDeviceWithApplyId') > 0 && /Status$/.test(what));
  world.seed('somebody-elses');
  world.clock.advance(1_200_000);
  const result = await world.delete(world.head().generations[0]?.id ?? '');
  expect(result).toMatchObject({ state: 'failed', code: 'DevicesUnproven' });
  expect(JSON.stringify(result)).not.toContain('somebody-elses');
});
