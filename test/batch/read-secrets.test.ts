import { readSecrets, type EnginePorts } from '../../lib/batch';
import { jobsThatMade } from '../../lib/batch/read-secrets';
import type { HttpResponse } from '../../lib/clouds/http/transport';
import { killedAt } from '../support/killed-at';
import { aliyun, certificates, preSharedKeys, where } from '../support/tested-clouds';
import { lights, World, type Sabotage } from '../support/world';

describe.each([aliyun, preSharedKeys, certificates])('$name: secrets that are read again', (cloud) => {
  /** Reads those of a generation but the `held` ones, and tells how often jobs were asked and connections were left open. */
  async function read(world: World, generation: string, held: string[] = [], sabotage?: Sabotage) {
    let open = 0;
    const ports = world.ports(sabotage);
    const connect: EnginePorts['connect'] = async (...args) => {
      const connection = await ports.connect(...args);
      open += 1;
      const close = async () => {
        open -= 1;
        await connection.close();
      };
      return Object.create(connection, { close: { value: close } }) as typeof connection;
    };
    const before = world.sent(cloud.operations.collect);
    const until = world.clock.now() + 600_000;
    const outcome = await readSecrets({ ...ports, connect }, 'b1', generation, new Set(held), until).catch(
      (error: unknown) => error as Error,
    );
    expect(open).toBe(0);
    if (outcome instanceof Error) throw outcome;
    const found = outcome.map(({ name, identity: id, credentials }) => ({ name, id, ...credentials }));
    return { found: found.sort(byName), pages: world.sent(cloud.operations.collect) - before };
  }

  const byName = (one: { name?: string }, other: { name?: string }) => ((one.name ?? '') < (other.name ?? '') ? -1 : 1);
  const told = (world: World, ...names: string[]) =>
    cloud
      .secretLines(world.emulator)
      .filter(({ name }) => names.includes(name ?? ''))
      .sort(byName);

  it('are those of the job that made the devices, but for the ones that are held', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    expect(await read(world, generation, ['light-002'])).toEqual({
      found: told(world, 'light-001', 'light-003'),
      pages: 1,
    });
    const sent = world.emulator.journal.calls().length;
    expect(await read(world, generation, lights(3))).toEqual({ found: [], pages: 0 });
    expect(world.emulator.journal.calls()).toHaveLength(sent);
  });

  it('are those of no job more than is needed', async () => {
    const world = new World({ cloud, namesPerJob: 2 });
    const { generation } = await world.create(world.options(lights(4)));
    const { found, pages } = await read(world, generation, ['light-003', 'light-004']);
    expect(found).toEqual(told(world, 'light-001', 'light-002'));
    expect(pages).toBe(1);
  });

  it('are told by the cloud itself of what was carried over: the generation has no job for it', async () => {
    const world = new World({ cloud });
    const { generation: first } = await world.create(world.options(lights(2)));
    const { generation } = await world.update(first, world.options(lights(3)));
    const again = cloud.tells.secrets ? told(world, ...lights(2)) : [];
    expect(await read(world, generation, ['light-003'])).toEqual({ found: again, pages: 0 });
    const all = [...again, ...told(world, 'light-003')];
    expect(await read(world, generation)).toEqual({ found: all, pages: 1 });
  });

  it('are not those of a later device of the same name, where the cloud knows the job no more (I1, I4)', async () => {
    const world = new World({ cloud, jobs: { lifeMs: 600_000 } });
    const { generation } = await world.create(world.options(lights(3)));
    world.deleteByHand('light-002');
    world.seed('light-002');
    await world.clock.sleep(1_200_000);
    const { found } = await read(world, generation);
    expect(found).toEqual(cloud.tells.secrets ? told(world, 'light-001', 'light-003') : []);
  });

  it('are those of the job that a batch only looks at', async () => {
    const world = new World({ cloud });
    await world.create(world.options(lights(2)), 'b2');
    const id = cloud.jobs(world.emulator)[0] as string;
    const { generation } = await world.create(world.options([], { devices: { fromJob: { id } } }));
    expect(await read(world, generation)).toEqual({ found: told(world, ...lights(2)), pages: 1 });
  });

  it('are an error where the cloud refuses to tell: nobody knows then what lacks', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2)));
    world.denyOperation(cloud.operations.collect);
    await expect(read(world, generation)).rejects.toMatchObject({ kind: 'credentials' });
  });

  it('lie in no job that has not begun, nor in one whose id was never learned', async () => {
    const world = new World({ cloud });
    const order = world.order({ type: 'create', options: world.options(lights(2)) });
    await world.submit(order);
    let sent = false;
    await killedAt(world, order, (what) => {
      const before = sent;
      sent ||= what === `cloud ${cloud.operations.open}`;
      // The job's id is known on Alibaba's cloud by now, and nowhere else.
      return before && what === (cloud === aliyun ? `cloud ${cloud.operations.status}` : what);
    });
    const [generation] = world.head().generations;
    if (generation === undefined) throw new Error('no generation');
    expect(await jobsThatMade(world.store, generation, lights(2))).toStrictEqual([]);
  });

  where(cloud === certificates)('are none where the job tells a certificate without its key', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2)));
    const withoutKeys: Sabotage = async (what, run) => {
      const answer = await run();
      if (what !== `cloud ${cloud.operations.collect}`) return answer;
      const { body, ...rest } = answer as HttpResponse;
      return { ...rest, body: body.replace(/"DevicePrivateKey":"[^"]*",?/g, '') } as typeof answer;
    };
    expect(await read(world, generation, [], withoutKeys)).toEqual({ found: [], pages: 1 });
  });
});
