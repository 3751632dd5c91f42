import { TransportError } from '../../../lib/clouds/http/transport';
import type { Result } from '../../../lib/batch';
import { awsError, connectionReset } from '../../support/aws-errors';
import { IN_SECRETS_MANAGER } from '../../support/memory-secrets';
import { legacy, type TestedCloud } from '../../support/tested-clouds';
import { lights, World, type Sabotage } from '../../support/world';

/**
 * Every single I/O of an operation is cut once: the process is killed before it, killed after it, or loses the answer and
 * lives. Whatever happens, the next call goes on from the record (I5).
 */
type Cut = 'killed before' | 'killed after' | 'answer lost after' | 'lost before';
const cuts: Cut[] = ['killed before', 'killed after', 'answer lost after', 'lost before'];

interface Scenario {
  name: string;
  /** Builds a world up to the operation under test, and gives the id of its request. */
  prepare(cloud: TestedCloud): Promise<{ world: World; requestId: string }>;
  /** What has to be true when it is over. */
  verify(world: World, result: Result): void | Promise<void>;
}

const scenarios: Scenario[] = [
  {
    name: 'a Create',
    prepare: async (cloud) =>
      submitted(smallWorld(cloud), (world) => ({ type: 'create', options: world.options(lights(5)) })),
    verify: async (world, result) => {
      expect(result.state).toBe('succeeded');
      expect(world.devices()).toEqual(lights(5));
      expectCompleteRecord(world, lights(5));
      expect(await world.delete(world.head().current as string)).toEqual({ state: 'succeeded' });
      expect(world.devices()).toEqual([]);
    },
  },
  {
    name: 'an Update whose names lie in a file',
    prepare: async (cloud) => {
      const world = smallWorld(cloud);
      const { generation } = await world.create(world.options(lights(3)));
      return submitted(world, () => ({ type: 'update', named: generation, options: world.fromFile(lights(5)) }));
    },
    verify: (world, result) => {
      expect(result.state).toBe('succeeded');
      expectCompleteRecord(world, lights(5));
    },
  },
  {
    name: 'a Create of three jobs, two of which fail in part',
    prepare: async (cloud) => {
      const world = smallWorld(cloud);
      world.fault({ kind: 'failCreate', names: ['light-002', 'light-003'] });
      return submitted(world, () => ({ type: 'create', options: world.options(lights(5)) }));
    },
    verify: (world, result) => {
      expect(result).toMatchObject({ state: 'failed' });
      expect(world.devices()).toEqual([]);
    },
  },
  {
    name: 'a Delete',
    prepare: async (cloud) => {
      const world = smallWorld(cloud);
      world.seed('other');
      const { generation } = await world.create(world.options(lights(5)));
      return submitted(world, () => ({ type: 'delete', named: generation }));
    },
    verify: (world, result) => {
      expect(result.state).toBe('succeeded');
      expect(world.devices()).toEqual(['other']);
    },
  },
  {
    name: 'an Update that adds two devices and gives up two',
    prepare: async (cloud) => {
      const world = smallWorld(cloud);
      const { generation } = await world.create(world.options(lights(5)));
      return submitted(world, () => ({ type: 'update', named: generation, options: world.options(lights(5, 3)) }));
    },
    verify: async (world, result) => {
      expect(result.state).toBe('succeeded');
      const { current, generations } = world.head();
      expectCompleteRecord(world, lights(5, 3));
      // CloudFormation's clean-up.
      const old = generations.find(({ id, phase }) => id !== current && phase === 'standing');
      expect(await world.delete(old?.id as string)).toEqual({ state: 'succeeded' });
      expect(world.devices()).toEqual(lights(5, 3));
    },
  },
  {
    name: 'an Update that fails in part and keeps what it made',
    prepare: async (cloud) => {
      const world = smallWorld(cloud);
      const { generation } = await world.create(world.options(lights(2)));
      world.fault({ kind: 'failCreate', names: ['light-004'] });
      const options = world.options(lights(5), { onPartialFailure: 'keep' });
      return submitted(world, () => ({ type: 'update', named: generation, options }));
    },
    verify: async (world, result) => {
      expect(result.state).toBe('failed');
      expect(world.devices()).toEqual(['light-001', 'light-002', 'light-003', 'light-005']);
      world.emulator.faults.clear();
      const fixed = await world.update(world.head().current as string, world.options(lights(5)));
      expect(fixed.state).toBe('succeeded');
      expectCompleteRecord(world, lights(5));
    },
  },
  {
    name: 'a Create that adopts a device, and the Delete that releases it',
    prepare: async (cloud) => {
      const world = smallWorld(cloud);
      world.seed('light-002');
      const options = world.options(lights(2), cloud.adopting);
      return submitted(world, () => ({ type: 'create', options }));
    },
    verify: async (world, result) => {
      expect(result.state).toBe('succeeded');
      expectCompleteRecord(world, lights(2));
      expect(await world.delete(world.head().current as string)).toEqual({ state: 'succeeded' });
      expect(world.devices()).toEqual(['light-002']);
    },
  },
  {
    name: 'a Delete of a batch that retains',
    prepare: async (cloud) => {
      const world = smallWorld(cloud);
      const { generation } = await world.create(world.options(lights(2), { removalPolicy: 'retain' }));
      return submitted(world, () => ({ type: 'delete', named: generation }));
    },
    verify: async (world, result) => {
      expect(result.state).toBe('succeeded');
      expect(world.devices()).toEqual(lights(2));
      expect(world.head().generations.map(({ phase }) => phase)).toEqual(['gone']);
      expect((await world.create(world.options(lights(2)), 'b2')).state).toBe('succeeded');
    },
  },
  {
    name: 'a Create whose secrets go to Secrets Manager, and its Delete',
    prepare: async (cloud) =>
      submitted(smallWorld(cloud), (world) => ({
        type: 'create',
        options: world.options(lights(3), { deviceCredentials: IN_SECRETS_MANAGER }),
      })),
    verify: async (world, result) => {
      expect(result.state).toBe('succeeded');
      expectSecrets(world, lights(3));
      expect(await world.delete(world.head().current as string)).toEqual({ state: 'succeeded' });
      expectSecrets(world, []);
    },
  },
  {
    name: 'an Update that fails after some of its secrets were made',
    prepare: async (cloud) => {
      const world = smallWorld(cloud);
      const { generation } = await world.create(world.options(lights(2)));
      world.secrets.trouble = (call) =>
        /^create .*light-003$/.test(call) ? awsError('LimitExceededException', 400) : undefined;
      const options = world.options(lights(4), { deviceCredentials: IN_SECRETS_MANAGER });
      return submitted(world, () => ({ type: 'update', named: generation, options }));
    },
    verify: (world, result) => {
      expect(result).toMatchObject({ state: 'failed', code: 'SecretsFailed' });
      expect(world.devices()).toEqual(lights(2));
      expectSecrets(world, []);
      expectCompleteRecord(world, lights(2));
    },
  },
  {
    name: 'an Update that moves secrets from Secrets Manager to the store',
    prepare: async (cloud) => {
      const world = smallWorld(cloud);
      const { generation } = await world.create(world.options(lights(3), { deviceCredentials: IN_SECRETS_MANAGER }));
      return submitted(world, () => ({ type: 'update', named: generation, options: world.options(lights(3)) }));
    },
    verify: async (world, result) => {
      expect(result.state).toBe('succeeded');
      expectCompleteRecord(world, lights(3));
      const { current, generations } = world.head();
      const old = generations.find(({ id }) => id !== current);
      expect(await world.delete(old?.id as string)).toEqual({ state: 'succeeded' });
      expectSecrets(world, []);
      expectCompleteRecord(world, lights(3));
    },
  },
  {
    name: 'a Delete of secrets in Secrets Manager',
    prepare: async (cloud) => {
      const world = smallWorld(cloud);
      const { generation } = await world.create(world.options(lights(3), { deviceCredentials: IN_SECRETS_MANAGER }));
      return submitted(world, () => ({ type: 'delete', named: generation }));
    },
    verify: (world, result) => {
      expect(result.state).toBe('succeeded');
      expect(world.devices()).toEqual([]);
      expectSecrets(world, []);
    },
  },
];

/** To be called in a file of its own for each cloud, so that they are tried side by side. */
export function tryEveryCrashPoint(cloud: TestedCloud): void {
  // Hundreds of lives a test, each with its own cloud.
  jest.setTimeout(300_000);
  describe.each(scenarios)('$name', (scenario) => {
    it.each(cuts)('survives every I/O being %s (I3, I5)', async (cut) => {
      const total = await countIo(scenario, cloud);
      expect(total).toBeGreaterThan(15);
      for (let at = 1; at <= total; at++) {
        const { world, requestId } = await scenario.prepare(cloud);
        const result = await cutAt(world, requestId, at, cut);
        try {
          expect(cloud.doubles(world.emulator)).toEqual([]);
          if (!isUnprovable(world, result)) await scenario.verify(world, result);
        } catch (error) {
          throw new Error(`cut ${at} of ${total}, ${cut} "${ioOf.get(world)}": ${(error as Error).message}`);
        }
      }
    });
  });
}

/**
 * API 2.0 tells only the names of devices: where the id of their task was lost, nobody can say whose they are. They are left
 * alone, and listed.
 */
function isUnprovable(world: World, result: Result): boolean {
  if (world.cloud !== legacy || result.state !== 'failed' || !/cannot be proven|nobody can prove/.test(result.message))
    return false;
  expect(ioOf.get(world)).toMatch(/^cloud CreateMultiDevice$|^store put .*\/jobs\//);
  const listed = world.devices().filter((name) => result.message.includes(name));
  expect(listed.length).toBeGreaterThan(0);
  return true;
}

/** What the cut I/O of a world was, for messages. */
const ioOf = new WeakMap<World, string>();

async function cutAt(world: World, requestId: string, at: number, cut: Cut): Promise<Result> {
  let io = 0;
  let kill: () => void = () => undefined;
  const killed = new Promise<'killed'>((resolve) => (kill = () => resolve('killed')));
  let dead = false;
  const sabotage: Sabotage = async (what, run) => {
    if (dead) return never();
    if (++io !== at) return run();
    ioOf.set(world, what);
    if (cut === 'killed before' || cut === 'killed after') {
      if (cut === 'killed after') await run();
      dead = true;
      kill();
      return never();
    }
    if (cut === 'answer lost after') await run();
    if (what.startsWith('secret')) throw connectionReset();
    throw what.startsWith('cloud')
      ? new TransportError('ConnectionLost', 'perhaps', 'socket hang up')
      : new Error('the store did not answer');
  };
  const ports = world.ports(sabotage);
  await Promise.race([world.once(requestId, 'b1', ports).catch(() => undefined), killed]);
  return world.work(requestId);
}

async function countIo(scenario: Scenario, cloud: TestedCloud): Promise<number> {
  const { world, requestId } = await scenario.prepare(cloud);
  let io = 0;
  const ports = world.ports((_what, run) => {
    io++;
    return run();
  });
  await world.once(requestId, 'b1', ports);
  return io;
}

function smallWorld(cloud: TestedCloud): World {
  return new World({
    cloud,
    aliyun: { durations: { checkMs: 1_000, createMs: 2_000, createPerDeviceMs: 0 } },
    rates: false,
    namesPerJob: 2,
  });
}

async function submitted(
  world: World,
  order: (world: World) => Parameters<World['order']>[0],
): Promise<{ world: World; requestId: string }> {
  const complete = world.order(order(world));
  await world.submit(complete);
  return { world, requestId: complete.requestId };
}

/** Manifest and credentials list each device, with the identity that it has at the cloud (I4). */
function expectCompleteRecord(world: World, names: string[]): void {
  const id = world.head().current as string;
  const expected = names.map((name) => ({ name, id: world.identities().get(name) }));
  expect(world.json(`manifests/b1/${id}.json`).devices).toEqual(expected);
  if (world.head().policy?.deviceCredentials === 'none') return;
  const parts = [...world.store.objects.keys()].filter(
    (key) => key.startsWith(`credentials/b1/${id}/`) && key.endsWith('.gz'),
  );
  const lines = parts
    .flatMap((key) => world.credentials(key))
    .map(({ name, id: identity }) => ({ name, id: identity }));
  expect(lines.sort((a, b) => ((a.name as string) < (b.name as string) ? -1 : 1))).toEqual(expected);
}

/** Secrets Manager has those of the current generation's devices, as they are at the cloud, and no others (I2, I4). */
function expectSecrets(world: World, names: string[]): void {
  const prefix = `iot-device-batch/street/b1/${world.head().current}/`;
  expect([...world.secrets.secrets.keys()].sort()).toEqual(names.map((name) => prefix + name));
  const expected = names.map((name) => [name, world.identities().get(name)]);
  const kept = world.secrets.contents().map(({ name, id }) => [name, id]);
  expect(kept.sort()).toEqual(expected.sort());
  const notes = [...world.store.objects.keys()].filter((key) => key.startsWith('secrets/'));
  expect(notes.length > 0).toBe(names.length > 0);
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
