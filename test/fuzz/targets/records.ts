import * as fc from 'fast-check';
import type { ZodType } from 'zod';
import { BatchError } from '../../../lib/batch';
import { CloudError } from '../../../lib/batch/ports/cloud';
import { headSchema } from '../../../lib/batch/record/head';
import { testedClouds } from '../../support/tested-clouds';
import { lights, World } from '../../support/world';
import { refuseSecrets } from '../secrets';
import { target } from '../target';

/** What another version of the package may have left out of a head, put in, or called itself. */
interface Version {
  /** Of the members that may be left out, those at these places are. */
  without: number[];
  unknown: { at: number; value: unknown }[];
  version: number;
}

const versions: fc.Arbitrary<Version> = fc.record({
  without: fc.array(fc.nat(), { maxLength: 6 }),
  unknown: fc.array(fc.record({ at: fc.nat(), value: fc.jsonValue({ maxDepth: 2 }) }), { maxLength: 3 }),
  version: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(1, 1.1, 1.9) },
    { weight: 1, arbitrary: fc.constantFrom(2, 2.5, 1e9) },
  ),
});

/** At which moment of the batch's life the other version takes over. */
const moments = ['standing', 'replaced', 'cut off while rising', 'cut off while falling'] as const;

/** Heads as older versions wrote them, or newer ones of the same major: what they add is kept, and a newer major is not touched. */
export const records = target({
  name: 'records of other versions',
  inputs: fc.record({
    cloud: fc.nat({ max: testedClouds.length - 1 }),
    moment: fc.constantFrom(...moments),
    changed: versions,
    deed: fc.constantFrom('update', 'delete'),
  }),
  async attempt({ cloud, moment, changed, deed }) {
    const world = new World({ cloud: testedClouds[cloud]!, jobs: { createMs: 1_000 } });
    const generation = await livedTo(world, moment);
    const { text, added } = rewritten(world.store.text(HEAD)!, changed);
    await world.store.put(HEAD, text);
    world.seed('foreign');
    const calls = world.emulator.journal.calls().length;
    try {
      return await done(world, deed, generation);
    } catch (error) {
      if (!(error instanceof BatchError || error instanceof CloudError)) throw error;
      refuseSecrets(`${error.message} ${world.logs.join(' ')}`, world.cloud.secrets(world.emulator));
      if (error.code === 'NewerRecord' && world.emulator.journal.calls().length > calls)
        throw new Error('the cloud was called for a record that nobody can read');
      return error.code;
    } finally {
      if (!world.devices().includes('foreign')) throw new Error('a device is gone that no record names');
      const head = JSON.parse(world.store.text(HEAD)!) as Record<string, unknown>;
      const lost = added.find((name) => !(name in head));
      if (lost !== undefined) throw new Error(`${lost} was lost, which this version does not know`);
    }
  },
});

const HEAD = 'heads/b1.json';

async function livedTo(world: World, moment: (typeof moments)[number]): Promise<string> {
  if (moment === 'cut off while rising') {
    const order = world.order({ type: 'create', options: world.options(lights(3)) });
    const generation = (await world.submit(order)) as string;
    await stopped(world, order.requestId, 8);
    return generation;
  }
  const { generation } = await world.create(world.options(lights(3)));
  if (moment === 'standing') return generation;
  const next = await world.update(generation, world.options(lights(3, 2)));
  if (moment === 'replaced') return next.generation;
  const order = world.order({ type: 'delete', named: next.generation } as { type: 'delete' });
  await world.submit(order);
  await stopped(world, order.requestId, 5);
  return next.generation;
}

/** Works until the process is killed at one of its I/Os, and lets its lease run out. */
async function stopped(world: World, requestId: string, at: number): Promise<void> {
  let ios = 0;
  const killed = new Error('killed');
  const ports = world.ports((_what, run) => (++ios > at ? Promise.reject(killed) : run()));
  await world.once(requestId, 'b1', ports).catch(() => undefined);
  await world.clock.sleep(600_000);
}

async function done(world: World, deed: 'update' | 'delete', generation: string): Promise<string> {
  const { code, state } = { code: undefined, ...(await (deed === 'update' ? updated() : world.delete(generation))) };
  return code ?? state;

  function updated() {
    return world.update(generation, world.options(lights(4, 2)));
  }
}

/** The head as the other version has it, and what of its own this one does not know. */
function rewritten(text: string, { without, unknown, version }: Version): { text: string; added: string[] } {
  const head = JSON.parse(text) as Record<string, unknown>;
  for (const place of without) {
    const optional = optionalsIn(headSchema, head);
    if (optional.length === 0) break;
    const { holder, key } = optional[place % optional.length]!;
    delete holder[key];
  }
  const added = unknown.map(({ at, value }, i) => {
    const objects = objectsIn(head);
    objects[at % objects.length]![`fromElsewhere${i}`] = value;
    head[`new${i}`] = value;
    return `new${i}`;
  });
  return { text: JSON.stringify({ ...head, version }), added };
}

interface Place {
  holder: Record<string, unknown>;
  key: string;
}

/** Where something stands that the schema lets be left out. Of a union the first that fits. */
function optionalsIn(schema: ZodType, value: unknown): Place[] {
  const { type, innerType, shape, element, options } = schema.def as unknown as {
    type: string;
    innerType?: ZodType;
    shape?: Record<string, ZodType>;
    element?: ZodType;
    options?: ZodType[];
  };
  if (innerType) return optionalsIn(innerType, value);
  if (type === 'union') {
    const fitting = options?.find((each) => each.safeParse(value).success);
    return fitting ? optionalsIn(fitting, value) : [];
  }
  if (element && Array.isArray(value)) return value.flatMap((each) => optionalsIn(element, each));
  if (!shape || typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.entries(shape)
    .filter(([key]) => key in holder)
    .flatMap(([key, member]) => [
      ...(member.safeParse(undefined).success ? [{ holder, key }] : []),
      ...optionalsIn(member, holder[key]),
    ]);
}

function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner];
}
