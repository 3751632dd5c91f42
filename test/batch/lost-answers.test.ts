import { settle } from '../../lib/batch';
import type { BatchOptions } from '../../lib/batch/contract';
import { killedAt } from '../support/killed-at';
import { testedClouds, where } from '../support/tested-clouds';
import { lights, World } from '../support/world';

/** A batch of `count` devices whose names the cloud invents. */
function assigned(world: World, count: number): BatchOptions {
  return world.options([], { devices: { assignedByCloud: { count } } });
}

/** Names in the manifest of what stands. */
function manifestNames(world: World): string[] {
  const { devices } = world.json(`manifests/b1/${world.head().current}.json`);
  return devices.map((device) => (device as { name: string }).name).sort();
}

describe('the answer of BatchCheckDeviceNames is lost', () => {
  it('the names are checked again, for nothing was registered', async () => {
    const world = new World();
    world.fault({ kind: 'drop', when: 'after' }, { operation: 'BatchCheckDeviceNames', times: 1 });
    expect(await world.create(world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    expect(world.calls('BatchCheckDeviceNames')).toBe(2);
    expect(world.calls('BatchRegisterDeviceWithApplyId')).toBe(1);
  });
});

describe('the answer of BatchRegisterDeviceWithApplyId is lost', () => {
  it('and it arrived: the status shows it, and it is not sent again (I3)', async () => {
    const world = new World();
    world.fault({ kind: 'drop', when: 'after' }, { operation: 'BatchRegisterDeviceWithApplyId', times: 1 });
    expect(await world.create(world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    expect(world.sent('BatchRegisterDeviceWithApplyId')).toBe(1);
  });

  it('and it never arrived: the same application is registered after the time in which it still could (I3)', async () => {
    const world = new World();
    world.fault({ kind: 'drop', when: 'before' }, { operation: 'BatchRegisterDeviceWithApplyId', times: 1 });
    const before = world.clock.now();
    expect(await world.create(world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    expect(world.sent('BatchRegisterDeviceWithApplyId')).toBe(2);
    expect(world.emulator.aliyun.platform.listApplications()).toHaveLength(1);
    expect(world.clock.now() - before).toBeGreaterThan(90_000);
    expect(world.devices()).toEqual(lights(3));
  });

  it('and it arrives late: it is seen to arrive, and is not sent again (I3)', async () => {
    const world = new World();
    world.fault({ kind: 'late', ms: 80_000 }, { operation: 'BatchRegisterDeviceWithApplyId', times: 1 });
    expect(await world.create(world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    expect(world.sent('BatchRegisterDeviceWithApplyId')).toBe(1);
  });
});

describe('BatchRegisterDeviceWithApplyId is refused', () => {
  it('and carried out all the same: the status shows it, and what it made is deleted (I2)', async () => {
    const world = new World();
    const refusal = { kind: 'businessError', code: 'iot.system.BillIsOverDue', executed: true } as const;
    world.fault(refusal, { operation: 'BatchRegisterDeviceWithApplyId', times: 1 });
    const { generation, ...result } = await world.create(world.options(lights(3)));
    expect(result).toMatchObject({ state: 'failed', code: 'CloudCallFailed' });
    await world.delete(generation);
    world.clock.advance(600_000);
    world.emulator.settle();
    const created = world.emulator.journal.deviceEvents().filter(({ event }) => event === 'created');
    expect(created).toHaveLength(3);
    expect(world.devices()).toEqual([]);
  });
});

describe('the answer of BatchRegisterDevice (assignedByCloud) is lost', () => {
  it('and it never arrived: the very same request is sent again, and makes the devices once (I3)', async () => {
    const world = new World();
    world.fault({ kind: 'drop', when: 'before' }, { operation: 'BatchRegisterDevice', times: 2 });
    expect(await world.create(assigned(world, 5))).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toHaveLength(5);
    expect(manifestNames(world)).toEqual(world.devices());
  });

  it('and it arrived: fails with product, count, time and the devices made in it; asks for none again, deletes none', async () => {
    const world = new World();
    world.fault({ kind: 'drop', when: 'after' }, { operation: 'BatchRegisterDevice', times: 1 });
    const { generation, ...result } = await world.create(assigned(world, 5));
    expect(result).toMatchObject({ state: 'failed', code: 'OutcomeUnknown' });
    const { message } = result as { message: string };
    expect(message).toContain('5 devices');
    expect(message).toContain('fromJob');
    expect(world.devices()).toHaveLength(5);
    for (const name of world.devices()) expect(message).toContain(name);
    expect(world.calls('BatchRegisterDevice')).toBe(1);

    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toHaveLength(5);
  });

  it('and it arrives late, after the same request was sent again: the cloud takes one of the two (I3)', async () => {
    const world = new World();
    world.fault({ kind: 'late', ms: 20_000 }, { operation: 'BatchRegisterDevice', times: 1 });
    expect(await world.create(assigned(world, 5))).toMatchObject({ state: 'succeeded' });
    world.clock.advance(60_000);
    expect(world.devices()).toHaveLength(5);
    expect(manifestNames(world)).toEqual(world.devices());
  });

  it('and the process with it: the very same request is sent again for as long as the cloud knows it, and no longer', async () => {
    for (const [minutes, sent] of [
      [13, 2],
      [15, 1],
    ] as const) {
      const world = new World();
      world.fault({ kind: 'drop', when: 'before' }, { operation: 'BatchRegisterDevice', times: 1 });
      const order = world.order({ type: 'create', options: assigned(world, 5) });
      const generation = (await world.submit(order)) as string;
      await killedAt(world, order, (what) => what.startsWith('store put') && world.sent('BatchRegisterDevice') > 0);
      world.clock.advance(minutes * 60_000);
      const result = await world.work(order.requestId);
      expect(result).toMatchObject(sent === 2 ? { state: 'succeeded' } : { state: 'failed', code: 'OutcomeUnknown' });
      expect(world.sent('BatchRegisterDevice')).toBe(sent);
      // It was told of by then, and is told once.
      expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    }
  });

  it('and the next call is refused for its rate: that says nothing of the lost one, and no other request is made (I3)', async () => {
    const world = new World();
    world.fault({ kind: 'drop', when: 'before' }, { operation: 'BatchRegisterDevice', times: 1 });
    world.fault({ kind: 'throttle' }, { operation: 'BatchRegisterDevice', times: 1, after: 1 });
    // To the emulator the refused one has used up the nonce, as if it had arrived.
    expect(await world.create(assigned(world, 2))).toMatchObject({ state: 'failed', code: 'OutcomeUnknown' });
    expect(world.sent('BatchRegisterDevice')).toBe(3);
    expect(world.devices()).toEqual([]);
  });

  it('and its job takes minutes: whoever deletes the batch is told what the job has made by then', async () => {
    const world = new World({ aliyun: { durations: { createMs: 300_000 } } });
    const order = world.order({ type: 'create', options: assigned(world, 2) });
    const generation = (await world.submit(order)) as string;
    const sent = () => world.sent('BatchRegisterDevice') > 0;
    await killedAt(world, order, (what) => what.startsWith('store put') && sent());
    world.clock.advance(400_000);

    const told = (await world.delete(generation)) as { code: string; message: string };
    expect(world.devices()).toHaveLength(2);
    expect(told.code).toBe('DevicesUnproven');
    for (const name of world.devices()) expect(told.message).toContain(name);
  });

  /** A Create whose process was killed when its one call had been sent; its job makes nothing yet. */
  async function killedWithStuckJob(world: World): Promise<string> {
    world.fault({ kind: 'stuckJob', phase: 'CREATE' }, { operation: 'BatchRegisterDevice', times: 1 });
    const order = world.order({ type: 'create', options: assigned(world, 2) });
    const generation = (await world.submit(order)) as string;
    await killedAt(world, order, (what) => what.startsWith('store put') && world.sent('BatchRegisterDevice') > 0);
    world.clock.advance(400_000);
    return generation;
  }

  it('and its job is stuck: whoever deletes the batch is told once that it may have more to make (I2)', async () => {
    const world = new World();
    const generation = await killedWithStuckJob(world);
    const told = (await world.delete(generation)) as { code: string; message: string };
    expect(told.code).toBe('OutcomeUnknown');
    expect(told.message).toMatch(/2 devices of 20\S+ was lost.*shows none.*fromJob/);
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.sent('BatchRegisterDevice')).toBe(1);
  });

  it('and its job takes minutes: what another batch has made meanwhile is not taken for its own (I1)', async () => {
    const world = new World({ aliyun: { durations: { createMs: 300_000 } } });
    const order = world.order({ type: 'create', options: assigned(world, 2) });
    const generation = (await world.submit(order)) as string;
    await killedAt(world, order, (what) => what.startsWith('store put') && world.sent('BatchRegisterDevice') > 0);
    expect(await world.create(world.options(lights(2)), 'b2')).toMatchObject({ state: 'succeeded' });
    const told = (await world.delete(generation)) as { code: string; message: string };
    expect(told.code).toBe('DevicesUnproven');
    const invented = world.devices().filter((name) => !lights(2).includes(name));
    expect(invented).toHaveLength(2);
    for (const name of invented) expect(told.message).toContain(name);
    for (const name of lights(2)) expect(told.message).not.toContain(name);
  });

  it('and its job is stuck: whoever deletes the batch is told what has come into being meanwhile', async () => {
    const world = new World();
    const generation = await killedWithStuckJob(world);
    world.seed('a-stranger');
    const told = (await world.delete(generation)) as { code: string; message: string };
    expect(told.code).toBe('OutcomeUnknown');
    expect(told.message).toContain('shows 1 (a-stranger) that nobody else has');
    expect(world.devices()).toEqual(['a-stranger']);
  });

  it('and its job is stuck: where the change itself has told it, whoever deletes the batch is not told again', async () => {
    const world = new World();
    world.fault({ kind: 'stuckJob', phase: 'CREATE' }, { operation: 'BatchRegisterDevice', times: 1 });
    world.fault({ kind: 'drop', when: 'after' }, { operation: 'BatchRegisterDevice', times: 1 });
    const { generation, ...result } = await world.create(assigned(world, 2));
    expect(result).toMatchObject({ state: 'failed', code: 'OutcomeUnknown' });
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
  });

  it('and its job is stuck: whoever was killed before telling it tells it again', async () => {
    const world = new World();
    const generation = await killedWithStuckJob(world);
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    let listed = false;
    await killedAt(world, order, (what) => {
      listed ||= what === 'cloud QueryDevice';
      return listed && what.startsWith('store put heads');
    });
    world.clock.advance(400_000);
    expect(await world.work(order.requestId)).toMatchObject({ state: 'failed', code: 'OutcomeUnknown' });
  });

  it('and its job is stuck: other batches are not held up, and it is not told to them', async () => {
    const world = new World();
    const generation = await killedWithStuckJob(world);
    // Nobody is going to finish it any more: others may.
    world.clock.advance(4 * 3600_000);
    const other = await world.create(world.options(lights(2)), 'b2');
    expect(other).toMatchObject({ state: 'succeeded' });
    expect(await world.delete(other.generation, 'b2')).toEqual({ state: 'succeeded' });
    expect(await world.delete(generation)).toMatchObject({ state: 'failed', code: 'OutcomeUnknown' });
  });

  it('and its job is stuck: the next change of the batch is told once, and then goes on', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(2)));
    world.fault({ kind: 'stuckJob', phase: 'CREATE' }, { operation: 'BatchRegisterDevice', times: 1 });
    const order = world.order({ type: 'update', named: generation, options: assigned(world, 2) });
    await world.submit(order);
    await killedAt(world, order, (what) => what.startsWith('store put') && world.sent('BatchRegisterDevice') > 0);
    world.clock.advance(400_000);
    expect(await world.update(generation, world.options(lights(2)))).toMatchObject({ state: 'succeeded', generation });
    const told = await world.update(generation, world.options(lights(3)));
    expect(told).toMatchObject({ state: 'failed', code: 'StillOwed' });
    expect((told as { message: string }).message).toContain('fromJob');
    expect(await world.update(generation, world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));
  });

  it('and its job is stuck: who settles the store is told once', async () => {
    const world = new World();
    await killedWithStuckJob(world);
    world.clock.advance(4 * 3600_000);
    const settled = () => {
      const deadline = world.clock.now() + 3600_000;
      return settle(world.ports(), { remove: [], deleteActivated: [], forget: [] }, { deadline });
    };
    expect((await settled()).left).toMatchObject([{ code: 'OutcomeUnknown' }]);
    expect(await settled()).toMatchObject({ finished: [{ deleted: 0 }], left: [] });
  });

  it('and what it made can be listed by its job', async () => {
    const world = new World();
    world.fault({ kind: 'drop', when: 'after' }, { operation: 'BatchRegisterDevice', times: 1 });
    await world.create(assigned(world, 5));
    const [application] = world.emulator.aliyun.platform.listApplications();
    const id = String(application?.applyId);
    const found = await world.create(world.options([], { devices: { fromJob: { id } } }), 'b2');
    expect(found).toMatchObject({ state: 'succeeded', batch: { names: { count: 5 }, jobIds: [id] } });
  });
});

describe.each(testedClouds)('$name: the answer of DeleteDevice is lost', (cloud) => {
  it('the device is found gone, by its identity', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(5)));
    world.fault({ kind: 'drop', when: 'after' }, { operation: 'DeleteDevice', times: 3 });
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  where(cloud.tells.devices)('and its name was taken meanwhile: the other device stays (I1)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(1)));
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    world.fault({ kind: 'drop', when: 'after' }, { operation: 'DeleteDevice', times: 1 });
    let taken = false;
    const ports = world.ports(async (what, run) => {
      if (what.startsWith('cloud') && world.devices().length === 0 && !taken) {
        taken = true;
        world.seed('light-001');
      }
      return run();
    });
    expect(await world.work(order.requestId, 'b1', ports)).toEqual({ state: 'succeeded' });
    expect(taken).toBe(true);
    expect(world.devices()).toEqual(['light-001']);
  });
});
