import { reconcile } from '../../lib/batch';
import { lights, World } from '../support/world';

describe('many devices in a product with many more', () => {
  it('are looked up over as many invocations as it takes, each of them once', async () => {
    const world = new World({ rates: true });
    const { productKey } = world.emulator.aliyun;
    const others = Array.from({ length: 60_000 }, (_, i) => ({ productKey, deviceName: `other-${i}` }));
    world.emulator.aliyun.seed({ devices: others });
    const names = lights(10_000);
    const order = world.order({ type: 'create', options: world.options(names) });
    await world.submit(order);

    // Invocations so short that none of them could ask for all of the names: 100 at a time, four times a second.
    let asked = 0;
    const ports = () =>
      world.ports((what, run) => {
        if (what === 'cloud BatchQueryDeviceDetail') asked++;
        return run();
      });
    for (let calls = 0; calls < 100; calls++) {
      const now = world.clock.now();
      const result = await reconcile(ports(), 'b1', order.requestId, { until: now + 15_000, goneBy: now + 20_000 });
      if (result.state !== 'unfinished') {
        expect(result).toMatchObject({ state: 'succeeded' });
        break;
      }
      await world.clock.sleep(5_000);
    }
    expect(world.devices()).toHaveLength(70_000);
    // A part of 2,000 that is cut off is begun again.
    expect(asked).toBeGreaterThanOrEqual(100);
    expect(asked).toBeLessThan(180);
    expect([...world.store.objects.keys()].filter((key) => key.includes('look-ups'))).toEqual([]);
  });
});

it('many jobs have no room in a response, and are in the manifest (I9)', async () => {
  const world = new World({ namesPerJob: 1 });
  const { generation, ...result } = await world.create(world.options(lights(330)));
  expect(result).toMatchObject({ state: 'succeeded' });
  expect(world.head().generations[0]).not.toHaveProperty('jobIds');
  expect(world.json(`manifests/b1/${generation}.json`).jobIds).toHaveLength(330);
});
