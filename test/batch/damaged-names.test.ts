/** A list of names in the store that somebody has changed, or that is not what it was. */
import { chunksOf } from '../../lib/batch/contract/name-list';
import { testedClouds } from '../support/tested-clouds';
import { lights, World } from '../support/world';

describe.each(testedClouds)('on $name: names in the store that were changed', (cloud) => {
  it.each([
    ['are not those of other devices, which would be registered', JSON.stringify(['gate-1', 'light-002'])],
    ['have half a surrogate pair, which cannot be sent', '["light-001","\\ud800"]'],
  ])('%s', async (_what, changed) => {
    const world = new World({ cloud });
    const order = world.order({ type: 'create', options: world.options(lights(2)) });
    await world.submit(order);
    const [{ digest } = { digest: '' }] = chunksOf(lights(2));
    await world.store.put(`names/${digest}.json`, changed);

    expect(await world.work(order.requestId)).toMatchObject({ state: 'failed', code: 'RecordUnreadable' });

    expect(world.devices()).toEqual([]);
  });
});
