import { describeStatus } from '../../bin/describe-status';
import { readStatus } from '../../lib/batch/status';
import { lights, World } from '../support/world';

/** What the command prints of a world's store. */
async function status(world: World): Promise<string> {
  return describeStatus(await readStatus(world.store, world.clock), world.clock.now(), 'the-bucket');
}

describe('iot-device-batch status', () => {
  it('says that there is nothing where there is nothing', async () => {
    expect(await status(new World())).toBe('the store knows no batch\n');
  });

  it('shows the standing generation with its jobs, and how the last operation ended', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(3)));
    const text = await status(world);
    const [job] = world.emulator.aliyun.platform.listApplications();
    expect(text).toContain(`  * ${generation}  standing: 3 devices, ${world.head().generations[0]?.cloudKey}`);
    expect(text).toContain(`job ${job?.applyId}: 3 devices, collected`);
    expect(text).toContain('last: request-1 succeeded');
  });

  it('shows what runs while a deployment is under way, and how long it may take', async () => {
    const world = new World({ aliyun: { durations: { createMs: 3600_000 } } });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    await world.once(order.requestId);
    const text = await status(world);
    expect(text).toMatch(/rising: 3 devices/);
    expect(text).toMatch(/job \d+: 3 devices, running/);
    expect(text).toMatch(/open: raise request-1, for 4 min, 26 min left/);
  });

  it('shows what is owed, and why', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(3)));
    world.emulator.aliyun.connect('light-002');
    await world.delete(generation);
    const text = await status(world);
    expect(text).toMatch(/^1 generation owed: .* or npx iot-device-batch settle the-bucket$/m);
    expect(text).toContain('falling (owed): 3 devices');
    expect(text).toMatch(
      /last: request-2 failed: 1 of the devices that would be deleted have connected.*\[ActivatedDevices\]/,
    );
  });

  it('shows an operation that nobody works on any more, and how it is ended', async () => {
    const world = new World();
    await world.submit(world.order({ type: 'create', options: world.options(lights(3)) }));
    expect(await status(world)).not.toContain('abandoned');
    await world.clock.sleep(2 * 3600_000);
    const text = await status(world);
    expect(text).toMatch(/open: raise request-1, for 120 min, abandoned/);
    expect(text).toMatch(/^1 operation abandoned: .*settle the-bucket$/m);
  });

  it('says nothing of settling where nothing is owed', async () => {
    const world = new World();
    await world.create(world.options(lights(3)));
    expect(await status(world)).not.toContain('settle');
  });

  it('holds no secret (I7)', async () => {
    const world = new World();
    await world.create(world.options(lights(3)));
    const text = JSON.stringify(await readStatus(world.store, world.clock)) + (await status(world));
    for (const secret of world.emulator.aliyun.platform.issuedSecrets()) expect(text).not.toContain(secret);
  });
});
