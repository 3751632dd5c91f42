import type { Order } from '../../lib/batch';
import { takeUp } from '../../lib/batch/take-up';
import type { BatchOptions } from '../../lib/batch/contract';
import { lights, World } from '../support/world';

const LATER_MS = 100_000;

let world: World;
beforeEach(() => {
  world = new World();
});

/** What can be taken up. */
type Wanted = Parameters<typeof takeUp>[3];
const ofSecond = (order: Order) => ({ ...order, asker: 'second process' }) as Wanted;
const createOf = (options: BatchOptions) => ofSecond(world.order({ type: 'create', options }));
const updateOf = (named: string, options: BatchOptions) => ofSecond(world.order({ type: 'update', named, options }));

/** Somebody asks for it who is cut off. */
async function cutOff<T extends Order>(order: T): Promise<T> {
  await world.submit({ ...order, asker: 'first process' });
  world.clock.advance(LATER_MS);
  return order;
}

const take = (order: Wanted) => takeUp(world.store, world.clock, 'b1', order);

describe('what somebody asked for who was cut off', () => {
  it('goes on under whoever asks for the same, and under the deadline of that one', async () => {
    const { requestId } = await cutOff(createOf(world.options(lights(3))));
    const head = world.head();
    for (const request of head.requests) request.troubleSince = world.clock.now();
    await world.store.put('heads/b1.json', JSON.stringify(head));
    const again = createOf(world.options(lights(3)));
    const taken = await take(again);
    expect(taken).toMatchObject({ id: requestId, deadline: again.deadline, acceptedAt: world.clock.now() });
    expect(world.head().requests).toEqual([taken]);
    expect(taken?.asker).toBe('second process');
    expect(taken).not.toHaveProperty('troubleSince');
    expect(await world.work(requestId)).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));
  });

  it('goes on where an Update of the same generation asks for the same', async () => {
    const { generation } = await world.create(world.options(lights(2)));
    const { requestId } = await cutOff(updateOf(generation, world.options(lights(3))));
    expect(await take(updateOf(generation, world.options(lights(3))))).toMatchObject({ id: requestId });
  });

  it.each<[string, () => Promise<Wanted>]>([
    ['nobody has asked for anything', async () => createOf(world.options(lights(3)))],
    [
      'something else is asked for now',
      async () => {
        await cutOff(createOf(world.options(lights(3))));
        return createOf(world.options(lights(4)));
      },
    ],
    [
      'an Update asks for what a Create did',
      async () => {
        await cutOff(createOf(world.options(lights(3))));
        return updateOf('b1-other', world.options(lights(3)));
      },
    ],
    [
      'a Create asks for what an Update did',
      async () => {
        const { generation } = await world.create(world.options(lights(2)));
        await cutOff(updateOf(generation, world.options(lights(3))));
        return createOf(world.options(lights(3)));
      },
    ],
    [
      'it came to its end',
      async () => {
        await world.create(world.options(lights(3)));
        return createOf(world.options(lights(3)));
      },
    ],
    [
      'it is being taken back',
      async () => {
        await cutOff(createOf(world.options(lights(3))));
        const head = world.head();
        for (const request of head.requests) request.failure = { code: 'DevicesExist', message: 'they exist' };
        await world.store.put('heads/b1.json', JSON.stringify(head));
        return createOf(world.options(lights(3)));
      },
    ],
    [
      'a Delete has come since',
      async () => {
        const options = world.options(lights(3));
        const { generation } = await world.create(options);
        await cutOff(world.order({ type: 'delete', named: generation }));
        return updateOf(generation, options);
      },
    ],
  ])('is not taken up, nor is anything written, where %s', async (_where, prepare) => {
    const order = await prepare();
    const before = new Map(world.store.objects);
    expect(await take(order)).toBeUndefined();
    expect(world.store.objects).toEqual(before);
  });
});
