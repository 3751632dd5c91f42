import * as fc from 'fast-check';
import type { ZodType } from 'zod';
import { BatchError } from '../../../lib/batch';
import { CloudError } from '../../../lib/batch/ports/cloud';
import { headSchema } from '../../../lib/batch/record/head';
import { testedClouds } from '../../support/tested-clouds';
import { World } from '../../support/world';
import { deed, done } from '../deeds';
import { livedTo, moment } from '../lives';
import { mostly } from '../mutation';
import { refuseSecrets } from '../secrets';
import { target } from '../target';

/** What another version of the package may have left out of an object, put in, or called itself. */
interface Version {
  /** Of the members of a head that may be left out, those at these places are. */
  without: number[];
  unknown: { at: number; value: unknown }[];
  /** Of a head. */
  version: number;
  /** A step of a job that only the other version knows. */
  step?: unknown;
}

const versions: fc.Arbitrary<Version> = fc.record({
  without: fc.array(fc.nat(), { maxLength: 6 }),
  unknown: fc.array(fc.record({ at: fc.nat(), value: fc.jsonValue({ maxDepth: 2 }) }), { maxLength: 3 }),
  version: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(1, 1.1, 1.9) },
    { weight: 1, arbitrary: fc.constantFrom(2, 2.5, 1e9) },
  ),
  step: mostly(undefined, fc.constantFrom({ step: 'verified', at: 0 }, { step: 'moved', to: 'x' }, { at: 0 }, 'moved')),
});

/**
 * Heads, plans, jobs and whatever else the store has of a batch as older versions wrote them, or newer ones of the same major: what those
 * add is kept, and a newer major is not touched.
 */
export const records = target({
  name: 'records of other versions',
  share: 2.5,
  inputs: fc.record({
    cloud: fc.nat({ max: testedClouds.length - 1 }),
    /** At which moment of the batch's life the other version takes over. */
    moment,
    object: fc.oneof(fc.constant(undefined), fc.nat()),
    changed: versions,
    deed,
  }),
  async attempt({ cloud, moment, object, changed, deed }) {
    const world = new World({ cloud: testedClouds[cloud]!, jobs: { createMs: 1_000 } });
    const lived = await livedTo(world, moment);
    const key = await chosen(world, object);
    const { text, added } = rewritten(key, world.store.text(key)!, changed);
    await world.store.put(key, text);
    world.seed('foreign');
    const calls = world.emulator.journal.calls().length;
    try {
      return await done(deed, world, lived);
    } catch (error) {
      if (!(error instanceof BatchError || error instanceof CloudError)) throw error;
      refuseSecrets(`${error.message} ${world.logs.join(' ')}`, world.cloud.secrets(world.emulator));
      if (error.code === 'NewerRecord' && deed !== 'neighbour' && world.emulator.journal.calls().length > calls)
        throw new Error('the cloud was called for a record that nobody can read');
      return error.code;
    } finally {
      if (!world.devices().includes('foreign')) throw new Error('a device is gone that no record names');
      // A plan that was written and never counted on is made anew.
      const now = key.endsWith('plan.json') ? undefined : world.store.text(key);
      const lost = now === undefined ? undefined : added.find((name) => !(name in (JSON.parse(now) as object)));
      if (lost !== undefined) throw new Error(`${lost} was lost of ${key}, which this version does not know`);
    }
  },
});

/** The head, or another object of the batch that is one; lists of names and of devices are what they are. */
async function chosen({ store }: World, object: number | undefined): Promise<string> {
  if (object === undefined) return HEAD;
  const all = await store.list('generations/');
  const objects = all.filter((key) => /\/(plan\.json|jobs\/.*)$/.test(key));
  return objects.length === 0 ? HEAD : objects[object % objects.length]!;
}

const HEAD = 'heads/b1.json';

/** The object as the other version has it, and what of its own this one does not know. */
function rewritten(key: string, before: string, change: Version): { text: string; added: string[] } {
  const { without, unknown, version, step } = change;
  const value = JSON.parse(before) as Record<string, unknown> & { steps?: unknown[] };
  for (const place of key === HEAD ? without : []) {
    const optional = optionalsIn(headSchema, value);
    if (optional.length === 0) break;
    const { holder, key } = optional[place % optional.length]!;
    delete holder[key];
  }
  const added = unknown.map(({ at, value: foreign }, i) => {
    const objects = objectsIn(value);
    objects[at % objects.length]![`fromElsewhere${i}`] = foreign;
    value[`new${i}`] = foreign;
    return `new${i}`;
  });
  if (value.steps && step !== undefined) value.steps.push(step);
  return { text: JSON.stringify({ ...value, ...(key === HEAD && { version }) }), added };
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
