import { BatchError, emptyStore } from '../../lib/batch';
import { keys } from '../../lib/batch/record/keys';
import { preSharedKeys } from '../support/tested-clouds';
import { lights, World, type Sabotage } from '../support/world';

const ADDRESS = 's3://the-store-of-the-stack';
const DEADLINE_MS = 1_500_000;

/** One call, as in an invocation of four minutes. */
function once(world: World, sabotage?: Sabotage, deadline = world.clock.now() + DEADLINE_MS): Promise<boolean> {
  const { store, clock } = world.ports(sabotage);
  return emptyStore({ store, clock, address: ADDRESS, until: clock.now() + 240_000, deadline });
}

/** Calls until the store is empty, as the waiter does. */
async function empty(world: World, sabotage?: Sabotage): Promise<void> {
  const deadline = world.clock.now() + DEADLINE_MS;
  while (!(await once(world, sabotage, deadline))) await world.clock.sleep(5_000);
}

async function refusal(world: World, sabotage?: Sabotage): Promise<BatchError> {
  const error: unknown = await empty(world, sabotage).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BatchError);
  return error as BatchError;
}

const objects = (world: World): string[] => [...world.store.objects.keys()].sort();
const isHead = (key: string): boolean => key.startsWith(keys.heads);

/** A batch that has come and gone. What it leaves: names, the head, and the devices that it released, if it retained. */
async function pastLife(world: World, batchId: string, retains = false): Promise<void> {
  const options = world.options(lights(2), retains ? { removalPolicy: 'retain' } : {});
  const { generation } = await world.create(options, batchId);
  await world.delete(generation, batchId);
}

describe('a store', () => {
  it('is emptied when all of its batches are gone', async () => {
    const world = new World();
    await pastLife(world, 'a');
    await pastLife(world, 'b', true);
    expect(objects(world).filter((key) => key.startsWith('released/'))).not.toEqual([]);
    await empty(world);
    expect(objects(world)).toEqual([]);
  });

  it('is emptied when it never had a batch', async () => {
    expect(await once(new World())).toBe(true);
  });

  it('is emptied of what somebody has put there', async () => {
    const world = new World();
    await world.store.put('heads/copy-of-a.txt', 'x');
    await world.store.put('notes.md', 'x');
    await empty(world);
    expect(objects(world)).toEqual([]);
  });

  it('is not emptied while a deletion by name may still arrive, of which the next stack would know nothing (I1)', async () => {
    const world = new World({ cloud: preSharedKeys });
    const { generation } = await world.create(world.options(lights(2)), 'a');
    world.fault({ kind: 'late', ms: 80_000 }, { operation: 'DeleteDevice', times: 1 });
    expect(await world.delete(generation, 'a')).toMatchObject({ state: 'succeeded' });
    expect(await once(world)).toBe(false);
    await empty(world);
    expect(objects(world)).toEqual([]);
    expect(await world.create(world.options(lights(2)), 'of the next stack')).toMatchObject({ state: 'succeeded' });
    await world.clock.sleep(80_000);
    expect(world.devices()).toEqual(lights(2));
  });

  it('is called empty, or not, at the deadline', async () => {
    const world = new World();
    expect(await once(world, undefined, world.clock.now())).toBe(true);
    const until = world.clock.now() + 60_000;
    await world.store.put('lost-deletions/of-a-product/1.json', JSON.stringify({ until, names: ['light-001'] }));
    await expect(once(world, undefined, world.clock.now())).rejects.toMatchObject({ code: 'StoreNotEmptied' });
  });

  it('is emptied over several invocations, heads last (I5)', async () => {
    const world = new World();
    await pastLife(world, 'a');
    for (let i = 0; i < 500; i++) await world.store.put(`names/${i}.json`, '[]');
    const deleted: string[] = [];
    const slowly: Sabotage = async (what, run) => {
      if (what.startsWith('store delete')) {
        await world.clock.sleep(30_000);
        deleted.push(what.replace('store delete ', ''));
      }
      return run();
    };
    expect(await once(world, slowly)).toBe(false);
    expect(deleted.length).toBeGreaterThan(100);
    expect(deleted.length).toBeLessThan(400);
    await empty(world, slowly);
    expect(objects(world)).toEqual([]);
    expect(deleted.filter(isHead)).toEqual(['heads/a.json']);
    expect(deleted.at(-1)).toBe('heads/a.json');
  });

  it('may be emptied by two at once', async () => {
    const world = new World();
    await pastLife(world, 'a');
    await pastLife(world, 'b');
    const slowly: Sabotage = async (_what, run) => {
      await world.clock.sleep(10 + world.clock.random() * 10);
      return run();
    };
    await Promise.all([empty(world, slowly), empty(world, slowly)]);
    expect(objects(world)).toEqual([]);
  });

  it('is not called empty where somebody writes all the time', async () => {
    const world = new World();
    await pastLife(world, 'a');
    let writes = 0;
    const { code, message } = await refusal(world, async (what, run) => {
      if (what.startsWith('store list')) await world.store.put(`logs/${++writes}`, 'x');
      return run();
    });
    expect(code).toBe('StoreNotEmptied');
    expect(message).toMatch(/^\d objects are left in s3:\/\/the-store-of-the-stack: heads\/a\.json, logs\/\d+/);
  });
});

describe('a store stays as it is while something in it is needed (I11)', () => {
  /** Each leaves batch `a` with devices that only the store knows. */
  const states: [string, RegExp, (world: World) => Promise<unknown>][] = [
    [
      'what stands, as after Deletes that all died before their first write',
      /batch a \(3 devices standing\)/,
      (world) => world.create(world.options(lights(3)), 'a'),
    ],
    [
      'what is to be deleted and has connected',
      /batch a \(3 devices falling\)/,
      async (world) => {
        const { generation } = await world.create(world.options(lights(3)), 'a');
        world.emulator.aliyun.connect('light-002');
        expect(await world.delete(generation, 'a')).toMatchObject({ code: 'ActivatedDevices' });
      },
    ],
    [
      'a job that runs on',
      /batch a \(3 devices draining\)/,
      async (world) => {
        world.fault({ kind: 'stuckJob', phase: 'CREATE' });
        const { generation } = await world.create(world.options(lights(3)), 'a');
        expect(await world.delete(generation, 'a')).toMatchObject({ code: 'JobStillRunning' });
      },
    ],
    [
      'what a failed change has kept',
      /batch a \(2 devices standing, 5 devices failed\)/,
      async (world) => {
        const { generation } = await world.create(world.options(lights(2)), 'a');
        world.fault({ kind: 'failCreate', names: ['light-004'] });
        await world.update(generation, world.options(lights(5), { onPartialFailure: 'keep' }), 'a');
      },
    ],
    [
      'what a change had begun to make when it was killed',
      /batch a \(3 devices rising\)/,
      async (world) => {
        const order = world.order({ type: 'create', options: world.options(lights(3)) });
        await world.submit(order, 'a');
        const ports = world.ports(async (what, run) => {
          if (what === 'cloud QueryBatchRegisterDeviceStatus') throw new Error('killed');
          return run();
        });
        await world.once(order.requestId, 'a', ports).catch(() => undefined);
      },
    ],
    [
      'a record that cannot be read',
      /the store's object heads\/a\.json is not JSON \[RecordUnreadable\]/,
      (world) => world.store.put('heads/a.json', 'garbled'),
    ],
    [
      'a record of a newer version',
      /the record of batch a is of version 2.*\[NewerRecord\]/,
      async (world) => {
        await pastLife(world, 'a');
        await world.store.put('heads/a.json', JSON.stringify({ ...world.head('a'), version: 2 }));
      },
    ],
  ];

  it.each(states)('for %s', async (_, reason, prepare) => {
    const world = new World();
    await pastLife(world, 'b');
    await prepare(world);
    const before = objects(world);
    const { code, message } = await refusal(world);
    expect(code).toBe('StoreInUse');
    expect(message).toMatch(reason);
    expect(message).toMatch(
      /Nothing of theirs was deleted\. Run npx iot-device-batch settle s3:\/\/the-store-of-the-stack,/,
    );
    expect(message).not.toContain('batch b');
    expect(message).not.toMatch(/; and -?\d+ more/);
    expect(objects(world)).toEqual(before);
  });

  it('with a reason that says how many more there are', async () => {
    const world = new World();
    const make = async (from: number, to: number) => {
      for (let i = from; i < to; i++) await world.create(world.options([`light-${i}`]), `batch${i}`);
    };
    await make(0, 8);
    expect((await refusal(world)).message).toMatch(
      /batch batch7 \(1 device standing\)\. Nothing of theirs was deleted/,
    );
    await make(8, 12);
    const { message } = await refusal(world);
    expect(message).toMatch(/batch batch5 \(1 device standing\); and 4 more\. Nothing of theirs was deleted/);
    expect(message.length).toBeLessThan(1_000);
  });

  it('with a reason that does not tell of what is gone', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(2)), 'a');
    await world.update(generation, world.options(lights(3)), 'a');
    await world.delete(generation, 'a');
    expect((await refusal(world)).message).toContain('batch a (3 devices standing)');
  });

  it('for what was made after the look at its batch', async () => {
    const world = new World();
    await pastLife(world, 'a');
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order, 'a');
    let isMade = false;
    const { code, message } = await refusal(world, async (what, run) => {
      if (what === 'store put heads/a.json' && !isMade) {
        isMade = true;
        expect(await world.work(order.requestId, 'a')).toMatchObject({ state: 'succeeded' });
      }
      return run();
    });
    expect([isMade, code, message]).toEqual([true, 'StoreInUse', expect.stringContaining('a (3 devices standing)')]);
    expect(await world.delete(world.head('a').current as string, 'a')).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('while somebody has begun to work after the look at its batch', async () => {
    const world = new World();
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order, 'a');
    world.emulator.aliyun.durations.createMs = 100_000;
    let create: Promise<unknown> | undefined;
    await refusal(world, async (what, run) => {
      if (what === 'store put heads/a.json' && !create) {
        let began: () => void = () => undefined;
        const leased = new Promise<void>((resolve) => (began = resolve));
        const working = world.ports(async (io, carryOut) => {
          if (io.startsWith('cloud ')) began();
          return carryOut();
        });
        create = world.work(order.requestId, 'a', working);
        await leased;
      }
      return run();
    });
    expect(await create).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));
  });

  it('until somebody who is at work on a batch has gone, and for what they leave', async () => {
    const world = new World();
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order, 'a');
    world.emulator.aliyun.durations.createMs = 100_000;
    const create = world.once(order.requestId, 'a');
    const { code, message } = await refusal(world);
    expect(await create).toMatchObject({ state: 'succeeded' });
    expect([code, message]).toEqual(['StoreInUse', expect.stringContaining('batch a (3 devices standing)')]);
    expect(world.devices()).toEqual(lights(3));
  });

  it('also where that somebody is at work beyond the deadline', async () => {
    const world = new World();
    await pastLife(world, 'a');
    const head = { ...world.head('a'), lease: { holder: 'x', until: world.clock.now() + 2 * DEADLINE_MS } };
    await world.store.put('heads/a.json', JSON.stringify(head));
    const { code, message } = await refusal(world);
    expect([code, message]).toEqual(['StoreInUse', expect.stringContaining('batch a is still being worked on')]);
    expect(world.store.text('heads/a.json')).toBeDefined();
  });
});

describe('a store is not held up', () => {
  it('by a lease that is over', async () => {
    const world = new World();
    await pastLife(world, 'a');
    await world.store.put(
      'heads/a.json',
      JSON.stringify({ ...world.head('a'), lease: { holder: 'x', until: world.clock.now() } }),
    );
    expect(await once(world)).toBe(true);
  });

  it('by a Create that was recorded and never begun, which can then never begin (I2)', async () => {
    const world = new World();
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    await world.submit(order, 'a');
    const killed = world.ports(async (what, run) => {
      if (what.startsWith('store delete heads/')) throw new Error('killed');
      return run();
    });
    const { store, clock } = killed;
    const ends = { until: clock.now() + 240_000, deadline: clock.now() + DEADLINE_MS };
    await expect(emptyStore({ store, clock, address: ADDRESS, ...ends })).rejects.toThrow('killed');
    expect(await world.once(order.requestId, 'a')).toMatchObject({ state: 'failed', code: 'Superseded' });
    await empty(world);
    expect(objects(world)).toEqual([]);
    expect(await world.once(order.requestId, 'a')).toMatchObject({ state: 'failed', code: 'UnknownRequest' });
    expect(world.devices()).toEqual([]);
    expect(world.emulator.journal.calls()).toHaveLength(0);
  });

  it('by what is over, which is still told as it was', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(2)), 'a');
    const over = world.order({ type: 'delete', named: generation });
    await world.submit(over, 'a');
    expect(await world.work(over.requestId, 'a')).toEqual({ state: 'succeeded' });
    await world.submit(world.order({ type: 'create', options: world.options(lights(3)) }), 'a');
    const killed: Sabotage = async (what, run) => {
      if (what.startsWith('store delete heads/')) throw new Error('killed');
      return run();
    };
    await expect(once(world, killed)).rejects.toThrow('killed');
    expect(await world.once(over.requestId, 'a')).toEqual({ state: 'succeeded' });
  });

  it('by a batch that looks at the devices of a job', async () => {
    const world = new World();
    await world.create(world.options(lights(2)), 'maker');
    const [jobId = ''] = world.json(`manifests/maker/${world.head('maker').current}.json`).jobIds;
    await world.create(world.options([], { devices: { fromJob: { id: jobId } } }), 'a');
    world.store.objects.delete('heads/maker.json');
    expect(world.head('a').generations.map(({ phase }) => phase)).toEqual(['standing']);
    await empty(world);
    expect(objects(world)).toEqual([]);
    expect(world.devices()).toEqual(lights(2));
  });
});

describe('emptying survives every I/O being', () => {
  async function prepared(): Promise<World> {
    const world = new World();
    await pastLife(world, 'a');
    await pastLife(world, 'b', true);
    await world.submit(world.order({ type: 'create', options: world.options(lights(3, 7)) }), 'c');
    return world;
  }

  async function countIo(): Promise<number> {
    let io = 0;
    await empty(await prepared(), (_what, run) => (io++, run()));
    return io;
  }

  it.each(['killed before', 'killed after', 'lost before', 'answer lost after'] as const)(
    '%s: no object is left without the heads (I5)',
    async (cut) => {
      const total = await countIo();
      expect(total).toBeGreaterThan(20);
      for (let at = 1; at <= total; at++) {
        const world = await prepared();
        const heads = objects(world).filter(isHead);
        await cutAt(world, at, cut);
        const left = objects(world);
        if (!left.every(isHead)) expect({ at, heads: left.filter(isHead) }).toEqual({ at, heads });
        await empty(world);
        expect({ at, left: objects(world) }).toEqual({ at, left: [] });
      }
    },
  );

  async function cutAt(world: World, at: number, cut: string): Promise<void> {
    let io = 0;
    let kill: () => void = () => undefined;
    const killed = new Promise<void>((resolve) => (kill = resolve));
    const isDead = () => io >= at && cut.startsWith('killed');
    const sabotage: Sabotage = async (_what, run) => {
      if (isDead()) return new Promise(() => undefined);
      if (++io !== at) return run();
      if (cut.endsWith('after')) await run();
      if (!isDead()) throw new Error('the store did not answer');
      kill();
      return new Promise(() => undefined);
    };
    await Promise.race([killed, expect(once(world, sabotage)).rejects.toThrow('the store did not answer')]);
  }

  it('preceded by a Create of another batch: what that makes stays known to the store (I11)', async () => {
    const total = await countIo();
    for (let at = 1; at <= total; at++) {
      const world = await prepared();
      let io = 0;
      const sabotage: Sabotage = async (_what, run) => {
        if (++io === at) await world.create(world.options(lights(2, 20)), 'late');
        return run();
      };
      const error: unknown = await empty(world, sabotage).catch((thrown: unknown) => thrown);
      expect({ at, error }).toMatchObject({ at, error: { code: 'StoreInUse' } });
      expect(world.devices()).toEqual(expect.arrayContaining(lights(2, 20)));
      const deleted = await world.delete(world.head('late').current as string, 'late');
      // Those that were retained are left.
      expect({ at, deleted, left: world.devices() }).toEqual({ at, deleted: { state: 'succeeded' }, left: lights(2) });
    }
  }, 60_000);
});
