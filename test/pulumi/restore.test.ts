import { gzipSync } from 'node:zlib';
import { accept } from '../../lib/batch/intent';
import { emptyHead, type Head } from '../../lib/batch/record/head';
import { keys } from '../../lib/batch/record/keys';
import { Attendance } from '../../lib/pulumi/attendance';
import { restore } from '../../lib/pulumi/restore';
import { MemoryStore } from '../support/memory-store';
import { VirtualClock } from '../support/virtual-clock';

const STATE = 'the state that shows it';
const HEAD = keys.head('b1');
const PARTS = Array.from({ length: 60 }, (_, i) => `generations/b1-one/devices/${i}.json`);

let clock: VirtualClock;
let store: MemoryStore;
beforeEach(() => {
  clock = new VirtualClock();
  store = new MemoryStore();
});

/** Writes the journal of a batch from a state that shows such a head, as of `at`. Each part takes as long as `ms` says of how many came before. */
async function restored(shown: Head, at: number, ms: (before: number) => number = () => 0): Promise<Head> {
  const objects = { [HEAD]: JSON.stringify(shown), ...Object.fromEntries(PARTS.map((key) => [key, '[]'])) };
  const snapshot = gzipSync(JSON.stringify(objects)).toString('base64');
  const record = { schema: 1, state: STATE, generation: 'b1-one', at, snapshot };
  let written = 0;
  const put = (...parameters: Parameters<MemoryStore['put']>) => {
    if (PARTS.includes(parameters[0])) clock.advance(ms(written++));
    return store.put(...parameters);
  };
  const slow = Object.create(store, { put: { value: put } }) as MemoryStore;
  const attendance = new Attendance(() => Promise.resolve(true), clock);
  const workers = { self: 'this one', isDead: () => false };
  await restore({ store: slow, clock, surroundings: { workers, attendance } }, 'b1', record, () => undefined);
  return JSON.parse(store.text(HEAD) ?? '') as Head;
}

describe('a journal that is written from the state', () => {
  it.each<[string, (before: number) => number]>([
    ['each object takes ten seconds', () => 10_000],
    ['the process stood still for an hour', (before) => (before === 30 ? 3600_000 : 0)],
  ])('is whole where %s (I6)', async (_, ms) => {
    const head = await restored({ ...emptyHead('b1'), states: [STATE] }, clock.now(), ms);
    expect([...store.objects.keys()]).toEqual(expect.arrayContaining(PARTS));
    expect(head).toMatchObject({ states: [STATE] });
    expect(head).not.toHaveProperty('lease');
  });

  it('takes nothing of an old journal for younger than the state that shows it, whatever the clocks say (I6)', async () => {
    const old = emptyHead('b1');
    const policy = {
      deleteActivated: false,
      deviceCredentials: 'none',
      removalPolicy: 'destroy',
      onPartialFailure: 'rollBack',
      onExisting: 'fail',
    } as const;
    const cloud = { aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001' } };
    const names = { count: 1, chunks: [], set: 'of one' };
    const ask = { cloud, kind: 'listed', names, policy, access: {}, digest: 'of the options' } as const;
    const id = accept(old, { type: 'create', requestId: 'r', deadline: clock.now(), ask }, clock);
    await store.put(HEAD, JSON.stringify(old));
    const shown = { ...structuredClone(old), states: [STATE] };
    for (const generation of shown.generations) generation.phase = 'gone';
    const { generations, requests } = await restored(shown, clock.now() - 300);
    expect(generations).toEqual([expect.objectContaining({ id, phase: 'gone' })]);
    expect(requests).toHaveLength(1);
  });
});
