import type { Order } from '../../lib/batch';
import { generationOf, requestOf } from '../../lib/batch/record/head';
import { lights, World } from '../support/world';

let world: World;
beforeEach(() => {
  world = new World();
});

/** What is recorded of an order once it is submitted. */
async function recorded(order: Order) {
  const id = await world.submit(order);
  const head = world.head();
  return {
    request: requestOf(head, order.requestId),
    ...(id !== undefined && { generation: generationOf(head, id) }),
  };
}

describe('an order', () => {
  it('is recorded with who asked, what it displaces and whether what is kept of it is used', async () => {
    const create = world.order({ type: 'create', options: world.options(lights(1)) });
    const whole = { ...create, asker: 'process', createKeeps: true, displaces: 'b1-old' } as Order;
    const { request, generation } = await recorded(whole);
    expect(request).toMatchObject({ asker: 'process', deadline: create.deadline });
    expect(generation).toMatchObject({ createKeeps: true, displaces: 'b1-old' });
  });

  it('is recorded without what it does not say', async () => {
    const { request, generation } = await recorded(world.order({ type: 'create', options: world.options(lights(1)) }));
    expect(request).not.toHaveProperty('asker');
    for (const member of ['createKeeps', 'displaces', 'replaces', 'observedJob'])
      expect(generation).not.toHaveProperty(member);
    expect(generation?.access).toEqual({});
  });

  it('is recorded with where the keys are', async () => {
    const options = world.options(lights(1), { secretArn: 'arn:aws:secretsmanager:one' });
    const { request, generation } = await recorded(world.order({ type: 'create', options }));
    expect([request.access, generation?.access]).toEqual(
      new Array(2).fill({ secretArn: 'arn:aws:secretsmanager:one' }),
    );
  });

  it('writes nothing when it comes again', async () => {
    const order = world.order({ type: 'create', options: world.options(lights(1)) });
    const id = await world.submit(order);
    const before = world.store.objects.get('heads/b1.json')?.version;
    expect(await world.submit(order)).toBe(id);
    expect(world.store.objects.get('heads/b1.json')?.version).toBe(before);
  });

  it('for what stands already makes it anew only where that is wanted', async () => {
    const options = world.options(lights(1));
    const { generation } = await world.create(options);
    const update = () => world.order({ type: 'update', named: generation, options });
    expect((await recorded(update())).request).toMatchObject({ kind: 'keep', target: generation });
    const { request } = await recorded({ ...update(), anew: true } as Order);
    expect(request.kind).toBe('raise');
    expect(request.target).not.toBe(generation);
  });

  it('keeps the names that may be adopted beside the head', async () => {
    const options = world.options(lights(1), { onExisting: { adopt: lights(300) } });
    const { generation } = await recorded(world.order({ type: 'create', options }));
    expect(generation?.policy.onExisting).toMatchObject({ count: 300, chunks: [{ count: 300 }] });
    expect(world.store.text('heads/b1.json')).not.toContain('light-300');
  });
});

describe('the manifest', () => {
  it('names the product, and not the way to get there', async () => {
    const { generation } = await world.create(world.options(lights(2)));
    const { region, productKey } = world.emulator.aliyun;
    const manifest = JSON.parse(world.store.text(`manifests/b1/${generation}.json`) ?? '{}') as unknown;
    expect(manifest).toEqual({
      version: 1,
      batchId: 'b1',
      generation,
      cloud: { aliyun: { region, productKey } },
      jobIds: world.cloud.jobs(world.emulator),
      deviceCount: 2,
      devices: [...world.identities()].map(([name, id]) => ({ name, id })),
    });
  });
});
