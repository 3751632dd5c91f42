import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { BatchError } from '../../../lib/batch';
import { CloudError } from '../../../lib/batch/ports/cloud';
import { testedClouds } from '../../support/tested-clouds';
import { World } from '../../support/world';
import { deed, done } from '../deeds';
import { livedTo, moment } from '../lives';
import { mutate, mutation, type Mutation } from '../mutation';
import { refuseSecrets } from '../secrets';
import { target } from '../target';

/** What has happened to an object. `stale`: as it was some writes ago; `mistaken`: what another one holds. */
type Damage = { kind: 'changed'; changes: Mutation[] } | { kind: 'lost' } | { kind: 'stale' | 'mistaken'; by: number };

const damage: fc.Arbitrary<Damage> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('changed' as const),
      changes: fc.array(mutation, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'lost' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('stale' as const, 'mistaken' as const), by: fc.nat() }) },
);

/** Objects of the store that were cut, overwritten, changed, lost, mixed up, or brought back from an older day. */
export const storeObjects = target({
  name: 'objects of the store',
  share: 3,
  inputs: fc.record({
    cloud: fc.nat({ max: testedClouds.length - 1 }),
    moment,
    /** Which kind of object, and which of that kind. */
    kind: fc.nat(),
    object: fc.nat(),
    damage,
    deed,
  }),
  async attempt({ cloud, moment, kind, object, damage, deed }) {
    const world = new World({ cloud: testedClouds[cloud]!, jobs: { createMs: 1_000 } });
    const { texts: history, end } = historyOf(world);
    const lived = await livedTo(world, moment);
    end();
    await hurt(world, await chosen(world, kind, object), damage, history);
    world.seed('foreign');
    try {
      return await done(deed, world, lived);
    } catch (error) {
      if (!(error instanceof BatchError || error instanceof CloudError)) throw error;
      refuseSecrets(`${error.message} ${world.logs.join(' ')}`, world.cloud.secrets(world.emulator));
      return error.code;
    } finally {
      if (!world.devices().includes('foreign')) throw new Error('a device is gone that no record names');
    }
  },
});

/** Kinds are as likely as each other: there are more names and devices than heads and plans. */
async function chosen({ store }: World, kind: number, object: number): Promise<string> {
  const all = await store.list('');
  const kinds = [...new Set(all.map(kindOf))];
  const keys = all.filter((key) => kindOf(key) === kinds[kind % kinds.length]);
  return keys[object % keys.length]!;
}

/** `generations/<id>/jobs/00000.json` is one of `jobs`, `generations/<id>/plan.json` a `plan.json`. */
function kindOf(key: string): string {
  const [root = '', , ...rest] = key.split('/');
  return root === 'generations' ? rest[0]! : root;
}

/** Every text that is put until the `end`, by key. */
function historyOf({ store }: World): { texts: Map<string, string[]>; end: () => void } {
  const texts = new Map<string, string[]>();
  const put = store.put.bind(store);
  store.put = async (key, body, condition) => {
    const version = await put(key, body, condition);
    texts.set(key, [...(texts.get(key) ?? []), textOf(key, body)]);
    return version;
  };
  return { texts, end: () => void (store.put = put) };
}

async function hurt({ store }: World, key: string, how: Damage, history: Map<string, string[]>): Promise<void> {
  const written = history.get(key)!;
  switch (how.kind) {
    case 'lost':
      return store.delete(key);
    case 'changed': {
      const text = mutate(written.at(-1)!, how.changes);
      // Of what is compressed either its text is damaged, or its bytes.
      const isPacked = key.endsWith('.gz') && how.changes.length > 1;
      return void (await store.put(key, isPacked ? gzipSync(text) : text));
    }
    case 'stale':
      return void (await store.put(key, packed(key, written[how.by % written.length]!)));
    case 'mistaken': {
      const other = [...history.keys()][how.by % history.size]!;
      return void (await store.put(key, packed(key, history.get(other)!.at(-1)!)));
    }
  }
}

function textOf(key: string, body: Uint8Array | string): string {
  return (key.endsWith('.gz') ? gunzipSync(body) : Buffer.from(body)).toString('utf8');
}

function packed(key: string, text: string): Uint8Array | string {
  return key.endsWith('.gz') ? gzipSync(text) : text;
}
