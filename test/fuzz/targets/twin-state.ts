import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { Attendance } from '../../../lib/pulumi/attendance';
import type { Inputs } from '../../../lib/pulumi/inputs';
import { MemoryVault } from '../../../lib/pulumi/memory-vault';
import { ProviderMethods } from '../../../lib/pulumi/methods';
import type { Outputs } from '../../../lib/pulumi/state';
import type { Surroundings } from '../../../lib/pulumi/surroundings';
import { connectCloud } from '../../../lib/clouds/registry';
import { testedClouds } from '../../support/tested-clouds';
import { World } from '../../support/world';
import { mostly, mutate, mutateValue, mutation, type Mutation } from '../mutation';
import { refuseSecrets } from '../secrets';
import { target } from '../target';

/** What happens to a batch's state and journal between two calls of Pulumi. */
interface Damage {
  /** To the outputs that somebody looks at, and to the inputs among them. */
  outputs: Mutation[];
  /** What an older version has left out of the outputs, or a newer one added to them or to the record. */
  version: { without: string[]; added?: unknown; schema?: number };
  /** To the record in the state. */
  record: Mutation[];
  /** To what the snapshot within that holds, and to one of the texts in it. */
  snapshot: Mutation[];
  inSnapshot: { object: number; changes: Mutation[] };
  journal: 'kept' | 'lost' | { object: number; changes?: Mutation[] };
}

const none = { weight: 2, arbitrary: fc.constant<Mutation[]>([]) };
const some = { weight: 1, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 2 }) };
const changes = fc.oneof(none, some);

const damage: fc.Arbitrary<Damage> = fc.record({
  outputs: changes,
  version: fc.record(
    {
      without: fc.subarray(['deviceCount', 'jobIds', 'manifest', 'deviceSecrets', 'deviceNames', 'record', 'journal'], {
        maxLength: 2,
      }),
      added: fc.jsonValue({ maxDepth: 2 }),
      schema: mostly(1.5, fc.constant(2)),
    },
    { requiredKeys: ['without'] },
  ),
  record: changes,
  snapshot: changes,
  inSnapshot: fc.record({ object: fc.nat(), changes }),
  journal: fc.oneof(
    fc.constantFrom('kept' as const, 'lost' as const, 'lost' as const),
    fc.record(
      { object: fc.nat(), changes: fc.array(mutation, { minLength: 1, maxLength: 2 }) },
      { requiredKeys: ['object'] },
    ),
  ),
});

type Deed = (methods: ProviderMethods, state: { id: string; inputs: Inputs; outputs: Outputs }) => Promise<unknown>;

const deeds: Record<string, Deed> = {
  check: (methods, { inputs }) => methods.check(inputs, inputs),
  diff: (methods, { id, inputs, outputs }) => methods.diff(id, outputs, grown(inputs)),
  read: (methods, { id, outputs }) => methods.read(id, outputs),
  update: (methods, { id, inputs, outputs }) => methods.update(id, outputs, grown(inputs)),
  delete: (methods, { id, outputs }) => methods.delete(id, outputs),
};

/** States and journals of the Pulumi twin that were cut, changed, lost, or brought together from different days. */
export const twinState = target({
  name: 'states and journals of the Pulumi twin',
  share: 2.5,
  inputs: fc.record({
    cloud: fc.nat({ max: testedClouds.length - 1 }),
    damage,
    deed: fc.constantFrom(...Object.keys(deeds)),
  }),
  async attempt({ cloud, damage: damaged, deed }) {
    const world = new World({ cloud: testedClouds[cloud]!, jobs: { createMs: 1_000 } });
    const lines: string[] = [];
    const state = await created(world, lines);
    await hurtJournal(world, damaged.journal);
    world.seed('foreign');
    try {
      // Another process: nothing is known but what the state and the journal say.
      await deeds[deed]!(provider(world, lines), { ...state, outputs: hurt(state.outputs, damaged) });
      return 'right';
    } catch (error) {
      return codeOf(error, lines, world);
    } finally {
      if (!world.devices().includes('foreign')) throw new Error('a device is gone that no record names');
    }
  },
});

async function created(world: World, lines: string[]): Promise<{ id: string; inputs: Inputs; outputs: Outputs }> {
  const methods = provider(world, lines);
  const { inputs } = await methods.check({}, {
    ...{ cloud: world.product(), devices: { named: ['light-001', 'light-002', 'light-003'] }, ...world.cloud.options },
    ...{ resourceUrn: 'urn:pulumi:dev::town::pulumi-nodejs:dynamic/iot-device-batch:DeviceBatch::lights' },
    timeout: '30m',
  } as unknown as Inputs);
  const { id, outs } = await methods.create(inputs);
  return { id, inputs, outputs: outs };
}

function grown(inputs: Inputs): Inputs {
  return { ...inputs, devices: { named: ['light-002', 'light-003', 'light-004'] } };
}

function provider(world: World, lines: string[]): ProviderMethods {
  const surroundings: Surroundings = {
    ...{ clock: world.clock, vault: new MemoryVault(), openJournal: () => world.store },
    workers: { self: 'this one', isDead: () => true },
    attendance: new Attendance(async () => true, world.clock),
    files: { read: () => Promise.reject(new Error('there is no file')), save: async () => undefined },
    connect: (cloud, environment) => ({
      cloud: connectCloud(cloud, async () => world.cloud.keys(world.emulator), {
        ...environment,
        transport: world.transport(),
      }),
      hint: () => '',
    }),
    write: (line) => void lines.push(line),
  };
  return new ProviderMethods(surroundings);
}

async function hurtJournal({ store }: World, how: Damage['journal']): Promise<void> {
  if (how === 'kept') return;
  const keys = await store.list('');
  if (how === 'lost') for (const key of keys) await store.delete(key);
  else {
    const key = keys[how.object % keys.length]!;
    if (!how.changes) await store.delete(key);
    else await store.put(key, mutate(store.text(key)!, how.changes));
  }
}

function hurt(outputs: Outputs, { outputs: shown, version, record, snapshot, inSnapshot }: Damage): Outputs {
  const copy = JSON.parse(JSON.stringify(outputs)) as Outputs;
  const objects = JSON.parse(gunzipSync(Buffer.from(copy.record.snapshot, 'base64')).toString('utf8')) as Record<
    string,
    string
  >;
  const names = Object.keys(objects);
  const name = names[inSnapshot.object % names.length]!;
  objects[name] = mutate(objects[name]!, inSnapshot.changes);
  const text = mutate(JSON.stringify(objects), snapshot);
  copy.record.snapshot = gzipSync(text).toString('base64');
  const { record: old, resourceUrn, batchId, ...rest } = copy;
  const { without, added, schema = old.schema } = version;
  const hurtRecord = mutateValue({ ...old, schema, ...(added !== undefined && { added }) }, record);
  const all = { ...(mutateValue(rest, shown) as object), ...(added !== undefined && { added }), record: hurtRecord };
  const left = Object.entries(all).filter(([name]) => !without.includes(name));
  // These are the engine's to say: Pulumi finds the resource by the one, and hands back the other.
  return { ...Object.fromEntries(left), resourceUrn, batchId } as unknown as Outputs;
}

function codeOf(error: unknown, lines: string[], world: World): string {
  if (!(error instanceof Error)) throw new TypeError(`what is thrown is no Error: ${String(error)}`);
  refuseSecrets(`${error.message} ${lines.join(' ')}`, world.cloud.secrets(world.emulator));
  const code = /\[([A-Za-z]+)\]$/.exec(error.message)?.[1];
  if (code === undefined || code === 'Unexpected') throw new Error(`no code is told: ${error.message}`);
  return code;
}
