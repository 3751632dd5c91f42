import { countedCloud } from '../../handler/counted-cloud';
import type { Metrics } from '../../handler/metrics';
import { World } from '../support/world';

describe('the counted cloud', () => {
  it('can do whatever the cloud behind it can do', async () => {
    const world = new World();
    const { cloud: reference } = world.options(['light-1']);
    const cloud = await world.ports().connect(reference, {}, { since: 0, until: world.clock.now() + 60_000 });
    const counts: Metrics = {};
    const counted = countedCloud(cloud, counts);
    for (const ability of ['commitCount', 'issueTicket', 'identify', 'createdSince']) {
      expect(counted).toHaveProperty(ability, expect.any(Function));
    }
    expect(await counted.inspect()).toEqual({ devices: 0 });

    world.seed('light-1');
    await counted.delete({ name: 'light-1', identity: world.identities().get('light-1') as string });
    expect(counts).toEqual({ DevicesDeleted: 1 });
  });
});
