import { BatchRecord } from '../../lib/batch/record/batch-record';
import { Lease, LeaseLost } from '../../lib/batch/record/lease';
import { MemoryStore } from '../support/memory-store';
import { VirtualClock } from '../support/virtual-clock';

const INVOCATION_MS = 300_000;
/** The lease ends that much after its invocation. */
const MARGIN_MS = 5_000;

let clock: VirtualClock;
let store: MemoryStore;
beforeEach(() => {
  clock = new VirtualClock();
  store = new MemoryStore();
});

/** Another process that wants to work on the batch until its invocation ends. */
async function take(): Promise<Lease | undefined> {
  return Lease.take(await BatchRecord.load(store, clock, 'b1'), clock.now() + INVOCATION_MS);
}

describe('the lease of a batch', () => {
  it('is held by one at a time, until that one gives it back or its time is over', async () => {
    const first = (await take()) as Lease;
    expect(await take()).toBeUndefined();
    await first.release();
    const second = await take();
    expect(second).toBeDefined();
    expect(await take()).toBeUndefined();
    clock.advance(INVOCATION_MS + MARGIN_MS);
    expect(await take()).toBeDefined();
  });

  it('is over with its time for whoever outlives it, even if nobody else has come (I3)', async () => {
    const lease = (await take()) as Lease;
    clock.advance(INVOCATION_MS + MARGIN_MS);
    await expect(lease.confirm()).resolves.toBeDefined();
    clock.advance(1);
    await expect(lease.confirm()).rejects.toThrow(LeaseLost);
    await expect(lease.update(() => undefined)).rejects.toThrow(LeaseLost);
  });

  it('is lost to whoever has taken it since: nothing is written any more, nor given back (I3, I5)', async () => {
    const lost = (await take()) as Lease;
    // The clock of the other one is ahead.
    const ahead = new VirtualClock(clock.now() + INVOCATION_MS + 2 * MARGIN_MS, 'other');
    const other = (await Lease.take(await BatchRecord.load(store, ahead, 'b1'), ahead.now() + INVOCATION_MS)) as Lease;
    expect(other).toBeDefined();

    await expect(lost.confirm()).rejects.toThrow(LeaseLost);
    const change = jest.fn();
    await expect(lost.update(change)).rejects.toThrow(LeaseLost);
    expect(change).not.toHaveBeenCalled();
    await lost.release();
    await expect(other.confirm()).resolves.toBeDefined();
  });
});
