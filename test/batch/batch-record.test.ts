import { StoreConflict } from '../../lib/batch/ports/store';
import { BatchRecord, listBatches } from '../../lib/batch/record/batch-record';
import type { Head } from '../../lib/batch/record/head';
import { Lease } from '../../lib/batch/record/lease';
import { MemoryStore } from '../support/memory-store';
import { VirtualClock } from '../support/virtual-clock';

const KEY = 'heads/b1.json';

let clock: VirtualClock;
let store: MemoryStore;
beforeEach(() => {
  clock = new VirtualClock();
  store = new MemoryStore();
});

const load = (batchId = 'b1') => BatchRecord.load(store, clock, batchId);
const states = () => (JSON.parse(store.text(KEY) ?? '{}') as Head).states;

/** A change that shows how often it was applied. */
const adding = (state: string) => (head: Head) => {
  head.states = [...(head.states ?? []), state];
};

describe('the record of a batch', () => {
  it('is not written before there is a change, nor by one that changes nothing', async () => {
    const record = await load();
    expect(record.head).toMatchObject({ batchId: 'b1', generations: [], requests: [] });
    const before = record.head;
    expect(await record.update(() => false)).toBe(before);
    expect(store.objects.size).toBe(0);
  });

  it('has a new nonce with every write', async () => {
    const record = await load();
    const nonces = [await record.update(adding('a')), await record.update(adding('b'))].map(({ nonce }) => nonce);
    expect(new Set(nonces).size).toBe(2);
    for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-f]{16}$/);
  });

  it('loses nothing that somebody else writes, whoever was first', async () => {
    const [first, second] = [await load(), await load()];
    await first.update(adding('first'));
    await second.update(adding('second'));
    await first.update(adding('third'));
    expect(states()).toEqual(['first', 'second', 'third']);
    expect(first.head.states).toEqual(states());
  });

  it('is as it was where a change throws', async () => {
    const record = await load();
    await record.update(adding('a'));
    const failing = record.update((head) => {
      adding('b')(head);
      throw new RangeError('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(record.head.states).toEqual(['a']);
    expect(states()).toEqual(['a']);
  });

  it('is changed once where only the answer was lost, and a second try found it changed (I5)', async () => {
    const record = await load();
    const put = store.put.bind(store);
    store.put = async (...args) => {
      await put(...args);
      throw new StoreConflict(KEY);
    };
    expect((await record.update(adding('a'))).states).toEqual(['a']);
    store.put = put;
    await record.update(adding('b'));
    expect(states()).toEqual(['a', 'b']);
  });

  it('gives up when it is changed by others all the time, after ever longer delays', async () => {
    const record = await load();
    const tries: number[] = [];
    store.put = async () => {
      tries.push(clock.now());
      throw new StoreConflict(KEY);
    };
    await expect(record.update(adding('a'))).rejects.toMatchObject({ code: 'StoreContended' });
    expect(tries).toHaveLength(12);
    const waited = clock.now() - (tries[0] as number);
    // Of 20 ms, 40 ms and so on to a second each, a random part.
    expect(waited).toBeGreaterThan(500);
    expect(waited).toBeLessThan(7_000);
    expect((tries[1] as number) - (tries[0] as number)).toBeLessThanOrEqual(20);
    expect((tries[2] as number) - (tries[1] as number)).toBeLessThanOrEqual(40);
  });

  it('is not taken for that of another batch', async () => {
    await (await load()).update(adding('a'));
    await store.put('heads/b2.json', store.text(KEY) as string);
    await expect(load('b2')).rejects.toMatchObject({ code: 'RecordUnreadable' });
  });

  it.each([
    [2, true],
    ['1.5', true],
    [1.5, false],
    [undefined, true],
  ])('of the version %p is refused: %p', async (version, refused) => {
    const head = await (await load()).update(adding('a'));
    await store.put(KEY, JSON.stringify({ ...head, version }));
    if (refused)
      await expect(load()).rejects.toMatchObject({ code: expect.stringMatching(/Newer|Unreadable/) as string });
    else expect((await load()).head.states).toEqual(['a']);
  });

  it('is found by the batch’s id, whatever that is', async () => {
    for (const id of ['b1', 'b.json.x']) await (await load(id)).update(adding('a'));
    await store.put('names/other.json', '[]');
    expect(await listBatches(store)).toEqual(['b.json.x', 'b1']);
  });
});

describe('the lease in the record', () => {
  const workers = (self: string, ...dead: string[]) => ({ self, isDead: (worker: string) => dead.includes(worker) });
  const HOUR = 3600_000;

  it('tells which process has it, and is taken over at once from one that is dead', async () => {
    await Lease.take(await load(), clock.now() + HOUR, workers('first'));
    expect((await load()).head.lease).toMatchObject({ worker: 'first', until: clock.now() + HOUR + 5_000 });
    expect(await Lease.take(await load(), clock.now() + HOUR, workers('second'))).toBeUndefined();
    expect(await Lease.take(await load(), clock.now() + HOUR)).toBeUndefined();
    expect(await Lease.take(await load(), clock.now() + HOUR, workers('second', 'other'))).toBeUndefined();
    const lease = await Lease.take(await load(), clock.now() + HOUR, workers('second', 'first'));
    expect(lease).toBeDefined();
    expect((await load()).head.lease?.worker).toBe('second');
  });

  it('is not taken for that of a dead process where it does not tell of one', async () => {
    const lease = (await Lease.take(await load(), clock.now() + HOUR)) as Lease;
    expect((await load()).head.lease).not.toHaveProperty('worker');
    const everybody = { self: 'second', isDead: () => true };
    expect(await Lease.take(await load(), clock.now() + HOUR, everybody)).toBeUndefined();
    await lease.release();
    expect((await load()).head).not.toHaveProperty('lease');
    const before = store.objects.get(KEY)?.version;
    await lease.release();
    expect(store.objects.get(KEY)?.version).toBe(before);
  });

  it('can be taken in the very millisecond in which it ends', async () => {
    await Lease.take(await load(), clock.now());
    clock.advance(4_999);
    expect(await Lease.take(await load(), clock.now())).toBeUndefined();
    clock.advance(1);
    expect(await Lease.take(await load(), clock.now())).toBeDefined();
  });
});
