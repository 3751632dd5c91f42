import { dropSeconds } from '../../lib/batch/contract';
import { limitsOf } from '../../lib/clouds/limits';
import { tencents, testedClouds } from '../support/tested-clouds';
import { lights, World } from '../support/world';

describe.each(testedClouds)('$name: a batch that cannot be registered', (cloud) => {
  it('names the devices that exist already, and registers none (I2)', async () => {
    const world = new World({ cloud });
    world.seed('light-002');
    const result = await world.create(world.options(lights(3)));
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesExist' });
    expect(result).toHaveProperty('message', expect.stringContaining('1 of 3 devices exist'));
    expect(world.devices()).toEqual(['light-002']);
    expect(world.calls(cloud.operations.create)).toBe(0);
  });

  it('takes back the devices that were created beside the ones that failed (I2)', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'failCreate', names: ['light-017', 'light-101'], reason: 'no room' });
    const result = await world.create(world.options(lights(500)));
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesNotRegistered' });
    expect(result).toHaveProperty(
      'message',
      expect.stringMatching(
        /^2 of 500 devices were not registered: light-017 \(no room.*\), light-101 \(no room.*\); rolled back the other 498 devices$/,
      ),
    );
    expect(world.devices()).toEqual([]);
  });

  it('takes back a device of this change even if it has connected by then', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'failCreate', names: ['light-002'] });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    const ports = world.ports(async (what, run) => {
      if (what === `cloud ${cloud.operations.collect}`) world.connect('light-001');
      return run();
    });
    expect(await world.work(order.requestId, 'b1', ports)).toMatchObject({ state: 'failed' });
    expect(world.devices()).toEqual([]);
  });

  it('finds out that it may not delete before it creates anything', async () => {
    const world = new World({ cloud });
    world.denyOperation('DeleteDevice');
    const result = await world.create(world.options(lights(3)));
    expect(result).toMatchObject({ state: 'failed', code: 'CloudCallFailed' });
    expect(result).toHaveProperty('message', expect.stringContaining(cloud.codes.denied));
    expect(world.devices()).toEqual([]);
  });

  it('starts a job again that was refused for its rate, and only then (I3)', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'throttle' }, { operation: cloud.operations.create, times: 3 });
    expect(await world.create(world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    expect(world.calls(cloud.operations.create)).toBe(1);
  });

  it('fails at once where trying again cannot help (I8)', async () => {
    const world = new World({ cloud });
    const before = world.clock.now();
    const result = await world.create(world.options(lights(3), { cloud: world.product('a1NotAProduct') }));
    expect(result).toHaveProperty('message', expect.stringContaining(cloud.codes.missingProduct));
    expect(world.clock.now() - before).toBeLessThan(1_000);
  });

  it('puts up with a cloud that is away for five minutes (I8)', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'gatewayError', status: 503, code: 'ServiceUnavailable' });
    const start = world.clock.now();
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    const ports = world.ports(async (_what, run) => {
      if (world.clock.now() - start > 300_000) world.emulator.faults.clear();
      return run();
    });
    expect(await world.work(order.requestId, 'b1', ports)).toMatchObject({ state: 'succeeded' });
  });

  it('gives up on a cloud that is away for longer than a fifth of the time-out (I8)', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'gatewayError', status: 503, code: 'ServiceUnavailable' });
    const start = world.clock.now();
    const result = await world.create(world.options(lights(3)));
    expect(result).toMatchObject({ state: 'failed', code: 'CloudUnavailable' });
    expect(world.clock.now() - start).toBeGreaterThan(360_000);
    expect(world.clock.now() - start).toBeLessThan(500_000);
  });

  it('names a job that still runs at the time-out, and takes its devices back once it has ended (I2, I6)', async () => {
    const world = new World({ cloud, jobs: { createMs: 40 * 60_000 } });
    const { generation, ...result } = await world.create(world.options(lights(3)));
    const [job] = cloud.jobs(world.emulator);
    expect(result).toMatchObject({ state: 'failed', code: 'DeadlineReached' });
    expect(result).toHaveProperty('message', expect.stringContaining(`still works on job ${job}`));
    expect(world.head().generations[0]).toMatchObject({ phase: 'draining' });

    world.emulator.advance(40 * 60_000);
    expect(world.devices()).toEqual(lights(3));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('does not report a Delete as done while one of its jobs runs (I2)', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'stuckJob', phase: 'CREATE' });
    const { generation } = await world.create(world.options(lights(3)));
    expect(await world.delete(generation)).toMatchObject({ state: 'failed', code: 'JobStillRunning' });
  });

  it('lists what it could not delete after everything else is gone (I8)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(5)));
    world.emulator.faults.add({
      operation: 'DeleteDevice',
      times: 1,
      fault: { kind: 'businessError', code: cloud.codes.undeletable },
    });
    const result = await world.delete(generation);
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesNotDeleted' });
    expect(world.devices()).toHaveLength(1);
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('stops forward work while there is still time to take it back, and does so (I2, I6)', async () => {
    // The jobs end when of 30 minutes those are left in which their 1,000 devices can just be deleted again.
    const left = 60 + dropSeconds(limitsOf(new World({ cloud }).product()), 1_000);
    const world = new World({ cloud, jobs: { createMs: (1_800 - left) * 1_000 } });
    const result = await world.create(world.options(lights(1_000)));
    expect(result).toMatchObject({ state: 'failed', code: 'DeadlineReached' });
    expect(result).toHaveProperty('message', expect.stringContaining('rolled back the other 1000 devices'));
    expect(world.devices()).toEqual([]);
  });

  it.each([
    { seconds: 130, state: 'failed', left: 0 },
    { seconds: 120, state: 'succeeded', left: 3 },
  ])('leaves that time where it is less than half of the $seconds s that there are, else goes on (I6)', async (row) => {
    const world = new World({ cloud, jobs: { createMs: 90_000 } });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit({ ...order, deadline: world.clock.now() + row.seconds * 1_000 });
    expect(await world.work(order.requestId)).toMatchObject({ state: row.state });
    world.clock.advance(600_000);
    world.emulator.settle();
    if (row.state === 'failed') await world.delete(world.head().generations[0]?.id ?? '');
    expect(world.devices()).toHaveLength(row.left);
  });
});

describe('on a cloud that checks names before it registers them', () => {
  it('says which names the cloud refused and why, and registers none', async () => {
    const world = new World();
    world.fault({ kind: 'failCheck', names: ['light-002'], reason: 'reserved by the vendor' });
    const result = await world.create(world.options(lights(3)));
    expect(result).toMatchObject({ state: 'failed', code: 'NamesRefused' });
    expect(result).toHaveProperty('message', expect.stringContaining('light-002 (reserved by the vendor)'));
    expect(world.devices()).toEqual([]);
  });

  it('waits for a job whose start was cut off, and does not start it twice (I3)', async () => {
    const world = new World();
    world.fault({ kind: 'late', ms: 45_000 }, { operation: 'BatchRegisterDeviceWithApplyId', times: 1 });
    expect(await world.create(world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    expect(world.calls('BatchRegisterDeviceWithApplyId')).toBe(1);
    expect(world.devices()).toEqual(lights(3));
  });

  it('does not take a status that nobody has documented for success', async () => {
    const world = new World();
    world.fault({ kind: 'status', status: 'CREATE_MAYBE' });
    const result = await world.create(world.options(lights(3)));
    expect(result).toMatchObject({ state: 'failed', code: 'DeadlineReached' });
    expect(result).toHaveProperty('message', expect.stringMatching(/1 unknown \(seen in \d+ looks/));
    expect(world.devices()).toEqual([]);
  });
});

describe.each(tencents)('$name: a task with a status that nobody has documented', (cloud) => {
  it('is not taken for a success, and is waited for by whoever takes the change back (I2)', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'status', status: '3' });
    const { generation, ...result } = await world.create(world.options(lights(3)));
    expect(result).toMatchObject({ state: 'failed', code: 'DeadlineReached' });
    expect(result).toHaveProperty('message', expect.stringMatching(/1 unknown \(seen in \d+ looks/));
    expect(world.head().generations[0]).toMatchObject({ phase: 'draining' });
    world.emulator.faults.clear();
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });
});
