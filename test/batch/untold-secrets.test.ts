import type { HttpResponse } from '../../lib/clouds/http/transport';
import { certificates, legacy } from '../support/tested-clouds';
import { lights, World, type Sabotage } from '../support/world';

/** The pages of tasks leave keys out. */
const withoutKeys: Sabotage = async (what, run) => {
  const answer = await run();
  if (!/^cloud (DescribeMultiDevices|GetMultiDevices)$/.test(what)) return answer;
  const { body, ...rest } = answer as HttpResponse;
  return { ...rest, body: body.replace(/"device(PrivateKey|Psk)":"[^"]*",?/gi, '') } as typeof answer;
};

describe.each([certificates, legacy])('$name: a task that does not tell the keys of its devices', (cloud) => {
  const create = async (world: World, none: boolean) => {
    const options = world.options(lights(2), none ? { deviceCredentials: 'none' } : {});
    const order = world.order({ type: 'create', options });
    await world.submit(order);
    return world.work(order.requestId, 'b1', world.ports(withoutKeys));
  };

  it('is no success where they are to be kept, and nothing is left of it (I2, I4)', async () => {
    const world = new World({ cloud });
    expect(await create(world, false)).toMatchObject({
      state: 'failed',
      code: 'CredentialsMissing',
      message: expect.stringMatching(/does not tell Device.+ of 2 devices: light-001, light-002/) as string,
    });
    expect(world.devices()).toEqual([]);
  });

  it('is one where nobody wants them', async () => {
    const world = new World({ cloud });
    expect(await create(world, true)).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(2));
  });
});
