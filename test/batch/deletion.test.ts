import { reconcile, settle, type Order } from '../../lib/batch';
import type { Progress } from '../../lib/batch/ports/observer';
import { limitsOf } from '../../lib/clouds/limits';
import { killedAt } from '../support/killed-at';
import { aliyun, testedClouds, where } from '../support/tested-clouds';
import { lights, World } from '../support/world';

/** Works on an order in invocations as short as this, so that few devices take many; returns how many it took, too. */
async function workInSeconds(seconds: number, world: World, order: Order, ports = world.ports()) {
  for (let invocations = 1; invocations < 100; invocations++) {
    const now = world.clock.now();
    const until = now + seconds * 1000;
    const result = await reconcile(ports, 'b1', order.requestId, { until, goneBy: until + 5_000 });
    if (result.state !== 'unfinished') return { result, invocations };
    await world.clock.sleep(5_000);
  }
  throw new Error('the request did not end within 100 invocations');
}

describe.each(testedClouds)('$name: deleting many devices', (cloud) => {
  it('goes on where it was after each invocation, and looks at no device over and over again', async () => {
    const world = new World({ cloud, rates: true });
    const { generation } = await world.create(world.options(lights(1_500)));
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    const [before, sent] = [world.clock.now(), world.sent('DeleteDevice')];
    const { delete: rate, lookUp } = limitsOf(world.product()).throughput;
    const { result, invocations } = await workInSeconds(400 / rate, world, order);
    expect(result).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
    expect(world.sent('DeleteDevice') - sent).toBe(1_500);
    expect(invocations).toBeGreaterThan(4);
    // Before anything is deleted each device was looked at; the second look takes no time of its own.
    const working = (world.clock.now() - before) / 1000 - 5 * (invocations - 1);
    expect(working).toBeLessThan(((1_500 / rate + 1_500 / lookUp) / 0.8) * 1.1);
  });

  it('fails at its time-out with how far it has come, and goes on from there when it is run again (I6)', async () => {
    const world = new World({ cloud, rates: true });
    const { generation } = await world.create(world.options(lights(1_000)));
    const order = world.order({ type: 'delete', named: generation });
    // A quarter of a minute for the answer, and so long for about half of the devices.
    order.deadline = world.clock.now() + 15_000 + (750 / limitsOf(world.product()).throughput.delete) * 1000;
    await world.submit(order);
    const result = await world.work(order.requestId);
    const left = world.devices().length;
    const said = `; deleted ${1_000 - left} of 1,000; run it again, it continues`;
    expect(result).toMatchObject({ state: 'failed', code: 'DeadlineReached' });
    expect(result).toHaveProperty('message', expect.stringContaining(said));
    expect(world.clock.now()).toBeLessThanOrEqual(order.deadline);
    expect(left).toBeGreaterThan(300);
    expect(left).toBeLessThan(900);

    const before = world.sent('DeleteDevice');
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
    expect(world.sent('DeleteDevice') - before).toBe(left);
  });

  it('goes on where it was cut off, in whatever order they were asked for', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options([...lights(250)].reverse()));
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    const before = world.sent('DeleteDevice');
    await killedAt(world, order, (what) => what === 'cloud DeleteDevice' && world.sent('DeleteDevice') - before >= 170);
    expect(world.devices().length).toBeLessThan(100);
    expect(await world.work(order.requestId)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('says how many could not be deleted, which and why, after all others are gone (I8)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(5)));
    const refusal = { kind: 'businessError', code: cloud.codes.undeletable, message: 'bound to a gateway' } as const;
    world.fault(refusal, { operation: 'DeleteDevice', times: 2 });
    const result = await world.delete(generation);
    const left = world.devices();
    expect(left).toHaveLength(2);
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesNotDeleted' });
    expect(result).toHaveProperty('message', expect.stringContaining('2 of 5 devices could not be deleted'));
    for (const name of left) expect(result).toHaveProperty('message', expect.stringContaining(name));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('says at its time-out what kept it from going on (I6)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(300)));
    world.fault({ kind: 'gatewayError', status: 503, code: 'ServiceUnavailable' }, { operation: 'DeleteDevice' });
    const order = world.order({ type: 'delete', named: generation });
    order.deadline = world.clock.now() + 60_000;
    await world.submit(order);
    expect(await world.work(order.requestId)).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/ServiceUnavailable|6200/) as string,
    });
    expect(world.devices()).toHaveLength(300);
  });

  it('reaches the end although a device at the beginning cannot be deleted (I8)', async () => {
    const world = new World({ cloud, rates: true });
    const { generation } = await world.create(world.options(lights(800)));
    let refusals = 0;
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    const first = world.identities().get('light-001');
    const ports = world.ports(async (what, run) => {
      // The call for the first device is the first of each pass.
      if (what === 'cloud DeleteDevice' && refusals === 0 && first !== undefined) {
        refusals++;
        world.fault(
          { kind: 'businessError', code: cloud.codes.undeletable, message: 'bound to a gateway' },
          { operation: 'DeleteDevice', times: 1 },
        );
      }
      return run();
    });
    const { result } = await workInSeconds(10, world, order, ports);
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesNotDeleted' });
    expect(result).toHaveProperty('message', expect.stringContaining('1 of 800 devices could not be deleted'));
    expect(result).toHaveProperty('message', expect.stringContaining('bound to a gateway'));
    expect(world.devices()).toHaveLength(1);
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  where(cloud.tells.devices)('stops before a device that connects between two tries to delete it (I1)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2)));
    world.fault({ kind: 'drop', when: 'before' }, { operation: 'DeleteDevice', times: 1 });
    let deletions = 0;
    const ports = world.ports((what, run) => {
      // The first one's next try comes after that of the second one.
      if (what === 'cloud DeleteDevice' && ++deletions === 2) world.connect('light-001');
      return run();
    });
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    const result = await world.work(order.requestId, 'b1', ports);
    expect(result).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
    expect(result).toMatchObject({ message: expect.stringContaining('light-001') as string });
    expect(world.devices()).toEqual(['light-001']);
  });

  where(cloud.tells.devices)('stops before a device that connects while others are being deleted (I1)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(500)));
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    let connected = false;
    const ports = world.ports(async (what, run) => {
      if (what === 'cloud DeleteDevice' && !connected) {
        connected = true;
        world.connect('light-450');
      }
      return run();
    });
    const result = await world.work(order.requestId, 'b1', ports);
    expect(result).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
    expect(result).toHaveProperty('message', expect.stringContaining('400 devices had been deleted by then'));
    expect(world.devices()).toEqual(lights(100, 401));
  });

  it('deletes nothing twice where the cloud refuses one: the name of what is gone may be somebody else’s (I1)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    world.fault({ kind: 'businessError', code: cloud.codes.undeletable }, { operation: 'DeleteDevice', times: 1 });
    expect(await world.delete(generation)).toMatchObject({ state: 'failed', code: 'DevicesNotDeleted' });
    expect(world.devices()).toEqual(['light-001']);
    cloud.seed(world.emulator, { devices: ['light-002'] });
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(['light-002']);
  });

  it('nor where it was cut off while others of the same block went on (I1)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(5)));
    world.fault({ kind: 'businessError', code: cloud.codes.denied }, { operation: 'DeleteDevice', times: 1 });
    const denied = await world.delete(generation);
    expect(denied).toMatchObject({ state: 'failed', message: expect.stringContaining(cloud.codes.denied) as string });
    const left = world.devices();
    expect(left).toContain('light-001');
    expect(left.length).toBeLessThan(5);
    const gone = lights(5).find((name) => !left.includes(name)) ?? '';
    cloud.seed(world.emulator, { devices: [gone] });
    const before = world.sent('DeleteDevice');
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([gone]);
    expect(world.sent('DeleteDevice') - before).toBe(left.length);
  });

  it('nor where others list fewer of the devices than before (I1, I2)', async () => {
    const world = new World({ cloud });
    const three = await world.create(world.options(lights(4)));
    // One change after another takes some of them over, and goes.
    const few = await world.update(three.generation, world.options(['light-001', 'light-003']));
    world.fault({ kind: 'businessError', code: cloud.codes.undeletable }, { operation: 'DeleteDevice', after: 1 });
    expect(await world.delete(three.generation)).toMatchObject({ state: 'failed', code: 'DevicesNotDeleted' });
    expect(world.devices()).toEqual(['light-001', 'light-003', 'light-004']);
    world.emulator.faults.clear();
    cloud.seed(world.emulator, { devices: ['light-002'] });
    expect(await world.delete(few.generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(['light-002']);
  });

  it('deletes what others listed when its turn came, and list no more (I2)', async () => {
    const world = new World({ cloud });
    const create = world.order({ type: 'create', options: world.options(lights(4)) });
    await world.submit(create);
    await killedAt(world, create, (what) => what.startsWith('store put manifests/'));
    expect(world.devices()).toEqual(lights(4));
    await world.clock.sleep(1200_000);
    // The next one cannot clear away all of it, and takes over nothing.
    world.fault({ kind: 'businessError', code: cloud.codes.denied }, { operation: 'DeleteDevice', after: 2 });
    expect(await world.create(world.options(['light-002']))).toMatchObject({ state: 'failed' });
    expect(world.devices()).toEqual(['light-002', 'light-004']);
    world.emulator.faults.clear();
    const wishes = { remove: [], deleteActivated: [], forget: [] };
    const settled = await settle(world.ports(), wishes, { deadline: world.clock.now() + 3600_000 });
    expect(settled).toMatchObject({ left: [] });
    expect(world.devices()).toEqual([]);
  });

  it('says so where the record of what was passed over is lost, and takes nothing for gone (I2)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    world.fault({ kind: 'businessError', code: cloud.codes.undeletable }, { operation: 'DeleteDevice', times: 1 });
    await world.delete(generation);
    for (const key of await world.store.list('generations/'))
      if (key.includes('/passed-over/')) await world.store.delete(key);
    expect(await world.delete(generation)).toMatchObject({ state: 'failed', code: 'RecordMissing' });
  });

  it('counts the devices of a product that is gone as deleted (I8)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    world.fault({ kind: 'businessError', code: cloud.codes.missingProduct });
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.head().generations[0]).toMatchObject({ phase: 'gone' });
  });
});

describe('a deletion in blocks', () => {
  const refusal = { kind: 'businessError', code: aliyun.codes.undeletable, message: 'bound to a gateway' } as const;

  it('knows after it was cut off what is gone and what was refused, and goes on from there (I5, I6)', async () => {
    const world = new World();
    const { generation } = await world.create(world.options([...lights(250)].reverse()));
    world.fault(refusal, { operation: 'DeleteDevice', times: 10 });
    world.fault(refusal, { operation: 'DeleteDevice', times: 5, after: 100 });
    const order = { ...world.order({ type: 'delete', named: generation }), deadline: world.clock.now() + 60_000 };
    await world.submit(order);
    let sent = 0;
    const cutOff = world.ports(async (what, run) => {
      // A quarter of a minute is left for the answer.
      if (what === 'cloud DeleteDevice' && ++sent === 150) world.clock.advance(45_000);
      return run();
    });
    const first = (await world.work(order.requestId, 'b1', cutOff)) as { code: string; message: string };
    const left = world.devices();
    expect(first.code).toBe('DeadlineReached');
    expect(first.message).toContain(`; deleted ${250 - left.length} of 250; run it again, it continues`);
    const { drop } = world.head().generations[0] ?? {};
    expect(drop).toMatchObject({ deleted: 250 - left.length, blocked: { count: 15 } });
    expect(drop?.blocked?.first).toHaveLength(8);

    const told: Progress[] = [];
    const ports = world.ports();
    const observer = { ...ports.observer, progress: (each: Progress) => void told.push(each) };
    const again = world.order({ type: 'delete', named: generation });
    await world.submit(again);
    const before = world.sent('DeleteDevice');
    const second = await world.work(again.requestId, 'b1', { ...ports, observer });
    expect(second).toMatchObject({ state: 'failed', code: 'DevicesNotDeleted' });
    expect(second).toHaveProperty('message', expect.stringMatching(/^15 of 250 devices .*light-001 .* and 7 more$/));
    expect(world.devices()).toHaveLength(15);
    expect(world.sent('DeleteDevice') - before).toBe(left.length - 15);
    expect(told.filter(({ step }) => step === 'delete').at(-1)).toMatchObject({ done: 250, of: 250 });
    expect(world.head().generations[0]?.drop).toMatchObject({ deleted: 235 });

    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('counts what was refused as not deleted when a device has connected meanwhile (I1)', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(250)));
    world.fault(refusal, { operation: 'DeleteDevice', times: 1 });
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    const ports = world.ports(async (what, run) => {
      if (what === 'cloud DeleteDevice') world.connect('light-250');
      return run();
    });
    const result = await world.work(order.requestId, 'b1', ports);
    expect(result).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
    expect(result).toHaveProperty('message', expect.stringContaining('199 devices had been deleted by then'));
    expect(world.devices()).toEqual(['light-001', ...lights(50, 201)]);
  });

  it('does not begin where the last device of many has connected, nor where one of few has (I1)', async () => {
    for (const count of [2, 250]) {
      const world = new World();
      const { generation } = await world.create(world.options(lights(count)));
      world.connect(world.devices().at(-1) ?? '');
      const result = await world.delete(generation);
      expect(result).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
      expect(result).toHaveProperty('message', expect.stringContaining('; nothing was deleted'));
      expect(world.devices()).toHaveLength(count);
    }
  });

  it('takes a key that the cloud does not know any more for no refusal to delete a device (I8)', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(3)));
    world.fault({ kind: 'businessError', code: 'InvalidAccessKeyId.NotFound' }, { operation: 'DeleteDevice' });
    const result = (await world.delete(generation)) as { code: string };
    expect(result).toMatchObject({ state: 'failed', message: expect.stringContaining('InvalidAccessKeyId') as string });
    expect(result.code).not.toBe('DevicesNotDeleted');
    expect(world.devices()).toEqual(lights(3));
  });
});

describe.each(testedClouds)('$name: taking back what a failed change created', (cloud) => {
  it('is not held up by devices that somebody else has deleted meanwhile (I2)', async () => {
    const world = new World({ cloud, namesPerJob: 2 });
    world.fault({ kind: 'failCreate', names: ['light-004'] });
    const order = world.order({ type: 'create', options: world.options(lights(4)) });
    await world.submit(order);
    const ports = world.ports(async (what, run) => {
      if (what === `cloud ${cloud.operations.collect}` && world.devices().includes('light-001')) {
        world.deleteByHand('light-001');
      }
      return run();
    });
    const result = await world.work(order.requestId, 'b1', ports);
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesNotRegistered' });
    expect(result).toHaveProperty('message', expect.not.stringContaining('taking it back failed'));
    expect(world.devices()).toEqual([]);
    expect(world.head().generations[0]).toMatchObject({ phase: 'gone' });
  });

  it('takes a device along that only passed through it, if nobody else has it any more', async () => {
    const world = new World({ cloud });
    const { generation: a } = await world.create(world.options(['light-1', 'shared']), 'a');
    const { generation: b } = await world.create(world.options(['light-2']), 'b');
    await world.update(b, world.options(['light-2', 'shared']), 'b');
    await world.update(a, world.options(['light-1']), 'a');
    await world.delete(a, 'a');
    // The answer to the first change of b never arrived: it is changed again under its old id.
    await world.update(b, world.options(['light-2', 'light-3']), 'b');
    expect(world.devices()).toEqual(['light-1', 'light-2', 'light-3']);
  });

  it('says once which devices it left alone, because the cloud has forgotten the job that may have made them', async () => {
    const world = new World({ cloud, jobs: { lifeMs: 600_000 } });
    const create = world.order({ type: 'create', options: world.options(lights(3)) });
    const generation = (await world.submit(create)) as string;
    const { operations } = cloud;
    await killedAt(world, create, (what) => world.sent(operations.create) > 0 && what === `cloud ${operations.status}`);
    await world.clock.sleep(1200_000);

    const told = await world.delete(generation);
    expect(told).toMatchObject({ state: 'failed', code: 'DevicesUnproven' });
    expect(told).toHaveProperty('message', expect.stringContaining('light-001, light-002, light-003'));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));
  });
});

describe.each(testedClouds)('$name: a job that the cloud has accepted', (cloud) => {
  it('is waited for although it is still shown as checked, and not started again (I3)', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'status', status: 'CHECK_SUCCESS' }, { times: 120 });
    expect(await world.create(world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    const calls = world.emulator.journal.calls(cloud.operations.create).filter(({ executed }) => executed);
    expect(calls).toHaveLength(1);
  });
});
