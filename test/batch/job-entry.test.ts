import { StoreConflict } from '../../lib/batch/ports/store';
import type { Generation } from '../../lib/batch/record/head';
import { JobEntry } from '../../lib/batch/record/jobs';
import { LeaseLost } from '../../lib/batch/record/lease';
import { MemoryStore } from '../support/memory-store';

const AT = 1_000_000;
const FLIGHT = { step: 'committing', flightUntil: AT + 95_000 } as const;

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});

const load = (names: { digest?: string; count: number } = { digest: 'd', count: 3 }) =>
  JobEntry.load(store, { id: 'b1-generation' } as Generation, 0, names);

describe('what is written down of a job', () => {
  it('is read again by whoever comes after', async () => {
    const entry = await load();
    expect(entry).toMatchObject({ jobId: undefined, committed: false, mayHaveCreated: false, collected: false });
    await entry.append({ step: 'opened', jobId: 'one' }, AT);
    await entry.append(FLIGHT, AT);
    expect(await load()).toMatchObject({ jobId: 'one', committed: false, mayHaveCreated: true, committing: FLIGHT });
    await entry.append({ step: 'committed', jobId: 'two' }, AT);
    await entry.append({ step: 'settled', failures: [{ name: 'x', reason: 'no room' }] }, AT);
    await entry.append({ step: 'collected' }, AT);
    // The newest id counts.
    expect(await load()).toMatchObject({
      ...{ jobId: 'two', committed: true, collected: true },
      settled: { failures: [{ name: 'x', reason: 'no room' }] },
    });
  });

  it('is not written over by a process that somebody else has taken over from (I3)', async () => {
    const [old, other] = [await load(), await load()];
    await other.append(FLIGHT, AT);
    await expect(old.append({ step: 'opened', jobId: 'one' }, AT)).rejects.toThrow(LeaseLost);
    const newer = await load();
    await other.append({ step: 'committed', jobId: 'two' }, AT);
    await expect(newer.append({ step: 'notCommitted' }, AT)).rejects.toThrow(LeaseLost);
    expect(await load()).toMatchObject({ jobId: 'two', committed: true });
  });

  it('counts as written where only the answer was lost, and a second try found it there (I5)', async () => {
    const entry = await load();
    const put = store.put.bind(store);
    store.put = async (...args) => {
      await put(...args);
      throw new StoreConflict(args[0]);
    };
    await entry.append({ step: 'opened', jobId: 'one' }, AT);
    store.put = put;
    await entry.append(FLIGHT, AT);
    expect(await load()).toMatchObject({ jobId: 'one', committing: FLIGHT });
  });

  it('is lost with the lease where the object is gone, and what else the store throws is thrown', async () => {
    const entry = await load();
    await entry.append(FLIGHT, AT);
    store.objects.clear();
    await expect(entry.append({ step: 'committed', jobId: 'one' }, AT)).rejects.toThrow(LeaseLost);
    store.put = async () => {
      throw new Error('the store did not answer');
    };
    await expect(entry.append({ step: 'committed', jobId: 'one' }, AT)).rejects.toThrow('did not answer');
  });

  it.each([
    [[['a']]],
    [[['a', 'b', 'c']]],
    [
      [
        ['a', 'b'],
        ['c', 7],
      ],
    ],
    [['ab']],
    [[{ length: 2 }]],
  ])('is refused with %j for the devices that were found', async (devices) => {
    const steps = [{ step: 'landed', devices, at: AT }];
    await store.put('generations/b1-generation/jobs/00000.json', JSON.stringify({ steps }));
    await expect(load()).rejects.toMatchObject({ code: 'RecordUnreadable' });
  });
});

describe('a call whose answer was lost', () => {
  it('awaits what it has made, unless the job’s id is known, or there are no names to look for', async () => {
    const entry = await load();
    await entry.append(FLIGHT, AT);
    expect(entry.awaitsLanding).toBe(true);
    expect((await load({ count: 3 })).awaitsLanding).toBe(false);
    await entry.append({ step: 'committed', jobId: 'one' }, AT);
    expect(entry.awaitsLanding).toBe(false);
  });

  it('is one that was neither answered nor refused, nor announced again before it was made', async () => {
    const entry = await load();
    const later = { step: 'committing', flightUntil: AT + 200_000 } as const;
    await entry.append(FLIGHT, AT);
    await entry.append(later, AT + 1);
    expect(entry.lostCalls).toEqual([{ ...later, at: AT + 1 }]);
    await entry.append({ step: 'notCommitted' }, AT);
    expect(entry).toMatchObject({ lostCalls: [], committing: undefined, mayHaveCreated: false });
    await entry.append(FLIGHT, AT);
    await entry.append({ step: 'landed', devices: [['light-001', 'identity']] }, AT);
    expect(entry).toMatchObject({ committing: undefined, mayHaveCreated: true });
    expect(entry.kept).toEqual([{ name: 'light-001', identity: 'identity' }]);
    expect(entry.lostCalls).toHaveLength(1);
    await entry.append(FLIGHT, AT);
    await entry.append({ step: 'committed', jobId: 'one' }, AT);
    expect(entry.lostCalls).toHaveLength(1);
  });

  it('is none where the cloud can be asked for the job, or invents the names', async () => {
    await (await load()).append(FLIGHT, AT);
    expect((await load()).lostCalls).toHaveLength(1);
    expect((await load({ count: 3 })).lostCalls).toEqual([]);
    store.objects.clear();
    const entry = await load();
    await entry.append({ step: 'opened', jobId: 'one' }, AT);
    await entry.append(FLIGHT, AT);
    expect(entry.lostCalls).toEqual([]);
  });
});
