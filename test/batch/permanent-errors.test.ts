import type { Result } from '../../lib/batch';
import { legacy, tencents, testedClouds } from '../support/tested-clouds';
import { lights, World } from '../support/world';

/** What the cloud got until now, in order. */
function sent(world: World): string[] {
  return world.emulator.journal.calls().map(({ operation }) => operation);
}

/** The result of a call and what it took: virtual seconds, and what was sent to the cloud. */
async function costOf<T extends Result>(world: World, call: () => Promise<T>) {
  const [before, began] = [sent(world).length, world.clock.now()];
  const result = await call();
  return { result, seconds: (world.clock.now() - began) / 1000, sent: sent(world).slice(before) };
}

describe('a Create that can never work fails within one look, and makes nothing (I8)', () => {
  it.each<[what: string, code: RegExp, spoil: (world: World) => void]>([
    [
      'the secret of the key is wrong',
      /SignatureDoesNotMatch/,
      ({ emulator }) =>
        emulator.aliyun.keys.put({ ...emulator.aliyun.accessKey, accessKeySecret: 'rotated behind our back' }),
    ],
    [
      'the key is gone',
      /InvalidAccessKeyId\.NotFound/,
      ({ emulator }) => emulator.aliyun.keys.remove(emulator.aliyun.accessKey.accessKeyId),
    ],
    [
      'the key is disabled',
      /InvalidAccessKeyId\.Inactive/,
      ({ emulator }) => emulator.aliyun.keys.put({ ...emulator.aliyun.accessKey, active: false }),
    ],
    ['the key may do nothing', /NoPermission/, (world) => world.denyOperation('*')],
    ['the account is in arrears', /BillIsOverDue/, (world) => fail(world, 'iot.system.BillIsOverDue')],
    ['there is no such product', /NotExistedProduct/, (world) => fail(world, 'iot.prod.NotExistedProduct')],
    ['there is no such instance', /InstanceNotFound/, (world) => fail(world, 'iot.system.InstanceNotFound')],
    ['the service is not activated', /UidNotFound/, (world) => fail(world, 'iot.system.UidNotFound')],
  ])('%s', async (_what, code, spoil) => {
    const world = new World();
    spoil(world);
    const cost = await costOf(world, () => world.create(world.options(lights(3))));
    expect(cost.result).toMatchObject({
      state: 'failed',
      code: 'CloudCallFailed',
      message: expect.stringMatching(code) as string,
    });
    expect(cost.sent).toEqual(['QueryProduct']);
    expect(cost.seconds).toBeLessThan(1);
    expect(world.devices()).toEqual([]);
    // Nor is anything owed: the Delete that follows needs no cloud.
    expect(await world.delete(cost.result.generation)).toEqual({ state: 'succeeded' });
  });

  it.each([
    ['DeleteDevice', ['QueryProduct', 'DeleteDevice']],
    ['BatchQueryDeviceDetail', ['QueryProduct', 'DeleteDevice', 'BatchQueryDeviceDetail']],
    ['BatchCheckDeviceNames', ['QueryProduct', 'DeleteDevice', 'BatchQueryDeviceDetail', 'BatchCheckDeviceNames']],
    [
      'QueryBatchRegisterDeviceStatus',
      [
        'QueryProduct',
        'DeleteDevice',
        'BatchQueryDeviceDetail',
        'BatchCheckDeviceNames',
        'QueryBatchRegisterDeviceStatus',
      ],
    ],
  ])('the key may not call %s', async (operation, calls) => {
    const world = new World();
    world.denyOperation(operation);
    const cost = await costOf(world, () => world.create(world.options(lights(3))));
    expect(cost.result).toMatchObject({
      state: 'failed',
      message: expect.stringContaining(`${operation} failed`) as string,
    });
    expect(cost.sent).toEqual(calls);
    expect(cost.seconds).toBeLessThan(1);
    expect(world.devices()).toEqual([]);
  });
});

describe.each(tencents)('$name: a Create that can never work', (cloud) => {
  const { operations, codes } = cloud;
  const inspect = cloud === legacy ? 'ListDevices' : 'DescribeProduct';
  const [wrongSecret, unknownKey] =
    cloud === legacy ? ['4100', '4104'] : ['AuthFailure.SignatureFailure', 'AuthFailure.SecretIdNotFound'];
  const change = ({ emulator: { tencent } }: World, key: object) => tencent.keys.put({ ...tencent.apiKey, ...key });
  const refusals: [what: string, code: string, spoil: (world: World) => void, calls: string[]][] = [
    ['the secret of the key is wrong', wrongSecret, (world) => change(world, { secretKey: 'rotated' }), [inspect]],
    ['the key is disabled', unknownKey, (world) => change(world, { active: false }), [inspect]],
    ['the key may do nothing', codes.denied, (world) => world.denyOperation('*'), [inspect]],
    ['there is no such product', codes.missingProduct, (world) => fail(world, codes.missingProduct), [inspect]],
    ['the key may not delete', codes.denied, (world) => world.denyOperation('DeleteDevice'), [inspect, 'DeleteDevice']],
    [
      'the key may not create',
      codes.denied,
      (world) => world.denyOperation(operations.create),
      [inspect, 'DeleteDevice', cloud === legacy ? 'ListDevices' : 'DescribeDevice', operations.create],
    ],
  ];

  it.each(refusals)('fails within one look, and makes nothing, where %s (I8)', async (_what, code, spoil, calls) => {
    const world = new World({ cloud });
    spoil(world);
    const cost = await costOf(world, () => world.create(world.options(['light-1'])));
    expect(cost.result).toMatchObject({ state: 'failed', message: expect.stringContaining(code) as string });
    expect([...new Set(cost.sent)]).toEqual([...new Set(calls)]);
    expect(cost.seconds).toBeLessThan(1);
    expect(world.devices()).toEqual([]);
    expect(await world.delete(cost.result.generation)).toEqual({ state: 'succeeded' });
  });
});

describe.each(testedClouds)('$name: a permission that is taken away while a job runs', (cloud) => {
  it('fails at the next look, says what is left, and the Delete finishes once it is back (I2, I8)', async () => {
    const world = new World({ cloud });
    const { status } = cloud.operations;
    let denied = 0;
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    const generation = (await world.submit(order)) as string;
    const ports = world.ports(async (what, run) => {
      if (denied === 0 && what === `cloud ${status}` && world.calls(cloud.operations.create)) {
        world.denyOperation(status);
        denied = world.clock.now();
      }
      return run();
    });
    const result = await world.work(order.requestId, 'b1', ports);
    expect(result).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(`${cloud.codes.denied}.*taking it back failed`) as string,
    });
    expect(world.clock.now() - denied).toBeLessThan(1_000);
    // One look while it rose, one when it was to be taken back.
    const refused = world.emulator.journal.calls(status).filter(({ code }) => code);
    expect(refused).toHaveLength(2);

    cloud.seed(world.emulator, { denied: [] });
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });
});

describe.each(testedClouds)('$name: a Delete', (cloud) => {
  it('that can never work fails within one look, and deletes what is left when it is run again (I8)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    world.denyOperation('DeleteDevice');
    const cost = await costOf(world, () => world.delete(generation));
    expect(cost.result).toMatchObject({
      state: 'failed',
      message: expect.stringContaining(cloud.codes.denied) as string,
    });
    expect(cost.sent.filter((operation) => operation === 'DeleteDevice').length).toBeLessThanOrEqual(3);
    expect(cost.seconds).toBeLessThan(1);
    cloud.seed(world.emulator, { denied: [] });
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('counts a device that somebody else has deleted as gone', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    world.deleteByHand('light-002');
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('does not ask for jobs that are long over, which the cloud may have forgotten', async () => {
    const world = new World({ cloud, jobs: { lifeMs: 600_000 } });
    const { generation } = await world.create(world.options(lights(3)));
    await world.clock.sleep(3600_000);
    const cost = await costOf(world, () => world.delete(generation));
    expect(cost.result).toEqual({ state: 'succeeded' });
    expect(
      cost.sent.filter((operation) => [cloud.operations.status, cloud.operations.collect].includes(operation)),
    ).toEqual([]);
    expect(world.devices()).toEqual([]);
  });
});

describe.each(testedClouds)('$name: a cloud that is away for long', (cloud) => {
  it('is put up with for ten minutes on end, over as many invocations as that takes (I8)', async () => {
    const world = new World({ cloud });
    world.fault({ kind: 'gatewayError', status: 503, code: 'ServiceUnavailable' });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    // A fifth of it is more than ten minutes.
    order.deadline = world.clock.now() + 55 * 60_000;
    await world.submit(order);
    const began = world.clock.now();
    const result = await world.work(order.requestId);
    expect(result).toMatchObject({ state: 'failed', code: 'CloudUnavailable' });
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(600_000);
    expect(world.clock.now() - began).toBeLessThan(700_000);
  });

  it('again and again, but never for long, holds nothing up for good', async () => {
    const world = new World({ cloud });
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order);
    const ports = world.ports(async (what, run) => {
      const away = what.startsWith('cloud') && world.clock.random() < 0.6;
      world.emulator.faults.clear();
      if (away) world.fault({ kind: 'gatewayError', status: 503, code: 'ServiceUnavailable' });
      return run();
    });
    expect(await world.work(order.requestId, 'b1', ports)).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));
    expect(world.calls(cloud.operations.create)).toBe(1);
  });
});

/** Every call is answered with a code of the service. */
function fail(world: World, code: string): void {
  world.fault({ kind: 'businessError', code });
}
