import { gzipSync } from 'node:zlib';
import { emptyHead } from '../../lib/batch/record/head';
import { keys } from '../../lib/batch/record/keys';
import { restore } from '../../lib/pulumi/restore';
import { Attendance } from '../../lib/pulumi/attendance';
import { MemoryStore } from '../support/memory-store';
import { VirtualClock } from '../support/virtual-clock';

const STATE = 'the state that shows it';
const OBJECTS = Array.from({ length: 60 }, (_, i) => `generations/b1-one/devices/${i}.json`);

const clock = new VirtualClock();

/** Writes the journal of one batch from a state, where each object takes as long as `ms` says of how many came before it. */
async function restored(ms: (before: number) => number): Promise<MemoryStore> {
  const head = { ...emptyHead('b1'), states: [STATE] };
  const objects = { [keys.head('b1')]: JSON.stringify(head), ...Object.fromEntries(OBJECTS.map((key) => [key, '[]'])) };
  const snapshot = gzipSync(JSON.stringify(objects)).toString('base64');
  const record = { schema: 1, state: STATE, generation: 'b1-one', at: clock.now(), snapshot };
  const store = new MemoryStore();
  let written = 0;
  const slow = Object.create(store, {
    put: {
      value: (...parameters: Parameters<MemoryStore['put']>) => {
        if (parameters[0].startsWith('generations/')) clock.advance(ms(written++));
        return store.put(...parameters);
      },
    },
  }) as MemoryStore;
  const attendance = new Attendance(() => Promise.resolve(true), clock);
  const workers = { self: 'this one', isDead: () => false };
  await restore({ store: slow, clock, surroundings: { workers, attendance } }, 'b1', record, () => undefined);
  return store;
}

describe('a journal that is written from the state', () => {
  it.each<[string, (before: number) => number]>([
    ['each object takes ten seconds', () => 10_000],
    ['the process stood still for an hour', (before) => (before === 30 ? 3600_000 : 0)],
  ])('is whole where %s (I6)', async (_, ms) => {
    const store = await restored(ms);
    expect([...store.objects.keys()]).toEqual(expect.arrayContaining(OBJECTS));
    expect(JSON.parse(store.text(keys.head('b1')) ?? '')).toMatchObject({ states: [STATE] });
    expect(JSON.parse(store.text(keys.head('b1')) ?? '')).not.toHaveProperty('lease');
  });
});
