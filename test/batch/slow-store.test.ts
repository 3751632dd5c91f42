import { lights, World } from '../support/world';

describe('a store that takes its time', () => {
  it('just before the registering call does not use up the time in which that call may still arrive (I3)', async () => {
    const world = new World();
    world.fault({ kind: 'late', ms: 45_000 }, { operation: 'BatchRegisterDeviceWithApplyId', times: 1 });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    let checked = false;
    let slow = true;
    let sent = 0;
    const ports = world.ports(async (what, run) => {
      const announced = what.startsWith('store put') && what.endsWith('/jobs/00000.json') && checked;
      if (slow && announced) {
        slow = false;
        await world.clock.sleep(120_000);
      }
      // The names are checked by then: what is written next announces the call.
      if (what === 'cloud BatchRegisterDeviceWithApplyId') sent++;
      checked ||= what === 'cloud QueryBatchRegisterDeviceStatus';
      return run();
    });
    expect(await world.work(order.requestId, 'b1', ports)).toMatchObject({ state: 'succeeded' });
    expect(slow).toBe(false);
    expect(sent).toBe(1);
    expect(world.devices()).toEqual(lights(3));
  });

  it('is not taken for a cloud in trouble: one refused call is no reason to give up (I8)', async () => {
    const world = new World();
    world.fault({ kind: 'throttle' }, { operation: 'BatchRegisterDeviceWithApplyId', times: 1 });
    const deadline = world.clock.now() + 600_000;
    const order = world.order({ type: 'create', options: world.options(lights(3)), deadline });
    await world.submit(order);
    let slept = false;
    const ports = world.ports(async (what, run) => {
      if (!slept && what.endsWith('/jobs/00000.json') && world.calls('QueryBatchRegisterDeviceStatus') > 0) {
        slept = true;
        await world.clock.sleep(150_000);
      }
      return run();
    });
    expect(await world.work(order.requestId, 'b1', ports)).toMatchObject({ state: 'succeeded' });
    expect(slept).toBe(true);
    expect(world.sent('BatchRegisterDeviceWithApplyId')).toBe(2);
  });
});
