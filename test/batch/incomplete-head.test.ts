/** A head that somebody has changed by hand, so that it speaks of what it does not have. */
import { lights, World } from '../support/world';

describe('a head', () => {
  it('whose request has lost the name of its generation ends with a code', async () => {
    const world = new World();
    const order = world.order({ type: 'create', options: world.options(lights(2)) });
    await world.submit(order);
    const head = world.head();
    delete head.requests[0]!.target;
    await world.store.put('heads/b1.json', JSON.stringify(head));
    await expect(world.work(order.requestId)).rejects.toMatchObject({ code: 'RecordMissing' });
    expect(world.devices()).toEqual([]);
  });

  it('that has lost a generation which a request is for ends with a code', async () => {
    const world = new World();
    const order = world.order({ type: 'create', options: world.options(lights(2)) });
    await world.submit(order);
    await world.store.put('heads/b1.json', JSON.stringify({ ...world.head(), generations: [] }));
    await expect(world.work(order.requestId)).rejects.toMatchObject({ code: 'RecordMissing' });
    expect(world.devices()).toEqual([]);
  });
});
