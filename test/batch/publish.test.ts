import { aliyun, preSharedKeys } from '../support/tested-clouds';
import { lights, World, type Sabotage } from '../support/world';

describe('the manifest', () => {
  it('is written only where each device that was asked for is recorded, whatever the store has lost (I4)', async () => {
    const world = new World({ cloud: aliyun, namesPerJob: 2 });
    let lost = false;
    const forgetful: Sabotage = async (what, run) => {
      const answer = await run();
      const part = [...world.store.objects.keys()].find((key) => key.endsWith('/devices/00001.json'));
      if (part !== undefined && !lost && what.endsWith('/jobs/00001.json')) {
        lost = true;
        world.store.objects.delete(part);
      }
      return answer;
    };
    const order = world.order({ type: 'create', options: world.options(lights(4)) });
    await world.submit(order);
    expect(await world.work(order.requestId, 'b1', world.ports(forgetful))).toMatchObject({
      state: 'failed',
      code: 'DevicesMissing',
      message: expect.stringContaining('2 devices never came to be: light-003, light-004') as string,
    });
    expect([...world.store.objects.keys()].filter((key) => key.startsWith('manifests/'))).toEqual([]);
  });

  it.each([
    ['Alibaba Cloud', aliyun, {}],
    ['an instance of Alibaba Cloud', aliyun, { instanceId: 'iot-060a02fl' }],
    ['Tencent Cloud', preSharedKeys, {}],
  ])('says in which product of %s the devices are, and not by which way', async (_, cloud, more) => {
    const world = new World({ cloud, ...('instanceId' in more && { aliyun: { product: more } }) });
    const { aliyun: reference, tencent } = world.product();
    const changes = reference ? { cloud: { aliyun: { ...reference, ...more } } } : {};
    const { generation } = await world.create(world.options(lights(1), changes));
    const { endpoint: _endpoint, ...product } = { ...reference, ...more } as Record<string, unknown>;
    expect(world.json(`manifests/b1/${generation}.json`)).toHaveProperty(
      'cloud',
      reference ? { aliyun: product } : { tencent: { productId: tencent?.productId } },
    );
  });

  it('has the ids of jobs that are known, and nothing in the place of one that was lost with its answer', async () => {
    const world = new World({ cloud: preSharedKeys, namesPerJob: 2 });
    world.fault({ kind: 'drop', when: 'after' }, { operation: 'CreateMultiDevice', times: 1 });
    const { generation, state } = await world.create(world.options(lights(4)));
    expect(state).toBe('succeeded');
    const { jobIds, deviceCount } = world.json(`manifests/b1/${generation}.json`);
    const [, known] = preSharedKeys.jobs(world.emulator);
    expect([jobIds, deviceCount]).toStrictEqual([[known], 4]);
  });
});
