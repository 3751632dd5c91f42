import { lights, World } from '../support/world';

// Tens of thousands of devices, one after the other.
jest.setTimeout(60_000);

describe('deleting many devices', () => {
  it('goes on where it was after each invocation, and looks at no device over and over again', async () => {
    const world = new World({ rates: true });
    const names = lights(12_000);
    const { generation } = await world.create(world.options(names));
    const before = world.clock.now();
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
    // 40 a second are deleted, and each was looked at twice, 400 a second.
    expect((world.clock.now() - before) / 1000).toBeLessThan(300 + 60 + 30);
  });

  it('reaches the end although a device at the beginning cannot be deleted (I8)', async () => {
    const world = new World({ rates: true });
    const { generation } = await world.create(world.options(lights(12_000)));
    let refusals = 0;
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    const first = world.identities().get('light-001');
    const ports = world.ports(async (what, run) => {
      // The call for the first device is the first of each pass.
      if (what === 'cloud DeleteDevice' && refusals === 0 && first !== undefined) {
        refusals++;
        world.fault(
          { kind: 'businessError', code: 'iot.device.RemoveTopoRelationFailed', message: 'bound to a gateway' },
          { operation: 'DeleteDevice', times: 1 },
        );
      }
      return run();
    });
    const result = await world.work(order.requestId, 'b1', ports);
    expect(result).toMatchObject({ state: 'failed', code: 'DevicesNotDeleted' });
    expect(result).toHaveProperty('message', expect.stringContaining('1 of 12000 devices could not be deleted'));
    expect(result).toHaveProperty('message', expect.stringContaining('bound to a gateway'));
    expect(world.devices()).toHaveLength(1);
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('stops before a device that connects while others are being deleted (I1)', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(500)));
    const order = world.order({ type: 'delete', named: generation });
    await world.submit(order);
    let connected = false;
    const ports = world.ports(async (what, run) => {
      if (what === 'cloud DeleteDevice' && !connected) {
        connected = true;
        world.emulator.aliyun.connect('light-450');
      }
      return run();
    });
    const result = await world.work(order.requestId, 'b1', ports);
    expect(result).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
    expect(result).toHaveProperty('message', expect.stringContaining('400 devices had been deleted by then'));
    expect(world.devices()).toEqual(lights(100, 401));
  });

  it('counts the devices of a product that is gone as deleted (I8)', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(3)));
    world.fault({ kind: 'businessError', code: 'iot.prod.NotExistedProduct' });
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.head().generations[0]).toMatchObject({ phase: 'gone' });
  });
});

describe('taking back what a failed change created', () => {
  it('is not held up by devices that somebody else has deleted meanwhile (I2)', async () => {
    const world = new World({ namesPerJob: 2 });
    world.fault({ kind: 'failCreate', names: ['light-004'] });
    const order = world.order({ type: 'create', options: world.options(lights(4)) });
    await world.submit(order);
    const ports = world.ports(async (what, run) => {
      if (what === 'cloud QueryPageByApplyId' && world.devices().includes('light-001')) {
        world.emulator.aliyun.deleteDevice('light-001');
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
    const world = new World();
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
    const world = new World({ aliyun: { assumptions: { applyIdRetentionMs: 600_000 } } });
    const create = world.order({ type: 'create', options: world.options(lights(3)) });
    const generation = (await world.submit(create)) as string;
    const never = new Promise<never>(() => undefined);
    let sent: () => void = () => undefined;
    const killed = new Promise<void>((resolve) => (sent = resolve));
    const ports = world.ports(async (what, run) => {
      const answer = await run();
      if (what !== 'cloud BatchRegisterDeviceWithApplyId') return answer;
      sent();
      return never;
    });
    await Promise.race([world.once(create.requestId, 'b1', ports), killed]);
    await world.clock.sleep(1200_000);

    const told = await world.delete(generation);
    expect(told).toMatchObject({ state: 'failed', code: 'DevicesUnproven' });
    expect(told).toHaveProperty('message', expect.stringContaining('light-001, light-002, light-003'));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));
  });
});

describe('a job that the cloud has accepted', () => {
  it('is waited for although it is still shown as checked, and not started again (I3)', async () => {
    const world = new World();
    world.fault({ kind: 'status', status: 'CHECK_SUCCESS' }, { times: 60 });
    expect(await world.create(world.options(lights(3)))).toMatchObject({ state: 'succeeded' });
    const calls = world.emulator.journal.calls('BatchRegisterDeviceWithApplyId').filter(({ executed }) => executed);
    expect(calls).toHaveLength(1);
  });
});
