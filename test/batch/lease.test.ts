import type { Result } from '../../lib/batch';
import type { Workers } from '../../lib/batch/ports/workers';
import { BatchRecord } from '../../lib/batch/record/batch-record';
import { Lease, LeaseLost } from '../../lib/batch/record/lease';
import { MemoryStore } from '../support/memory-store';
import { VirtualClock } from '../support/virtual-clock';
import { lights, World } from '../support/world';

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
async function take(workers?: Workers): Promise<Lease | undefined> {
  return Lease.take(await BatchRecord.load(store, clock, 'b1'), clock.now() + INVOCATION_MS, workers);
}

/** Of which nobody knows whether it still lives. */
const named = (self: string): Workers => ({ self, isDead: () => false });

describe('the lease of a batch', () => {
  it('is given back also where a connection to the cloud cannot be ended', async () => {
    const world = new World();
    const ports = world.ports();
    const order = world.order({ type: 'create', options: world.options(lights(2)) });
    await world.submit(order);
    const result = await world.work(order.requestId, 'b1', {
      ...ports,
      connect: async (...parameters) => {
        const cloud = await ports.connect(...parameters);
        return Object.create(cloud, { close: { value: () => Promise.reject(new Error('EPIPE')) } }) as typeof cloud;
      },
    });
    expect(result).toMatchObject({ state: 'succeeded' });
    expect(world.head().lease).toBeUndefined();
    expect(world.logs.join()).toContain('could not be ended');
  });

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

  it('that could not be given back holds up everybody but the process that had it (I5)', async () => {
    const own = named('one');
    const lease = (await take(own)) as Lease;
    expect(await take(own)).toBeUndefined();
    jest.spyOn(store, 'put').mockRejectedValueOnce(new Error('the credentials have expired'));
    await expect(lease.release()).rejects.toThrow('expired');

    expect(await take(named('other'))).toBeUndefined();
    expect(await take()).toBeUndefined();
    expect(await take(own)).toBeDefined();
    expect(await take(own)).toBeUndefined();
  });

  it('whose taking was never answered holds up everybody but the process that asked for it (I5)', async () => {
    const own = named('one');
    const arrives = store.put.bind(store);
    jest.spyOn(store, 'put').mockImplementationOnce(async (...parameters) => {
      await arrives(...parameters);
      throw new Error('socket hang up');
    });
    await expect(take(own)).rejects.toThrow('hang up');

    expect(await take(named('other'))).toBeUndefined();
    expect(await take(own)).toBeDefined();
  });

  it('that a drop could not give back holds up no batch of the same process that is to have its devices (I5)', async () => {
    const world = new World();
    const workers = named('one');
    const { generation } = await world.create(world.options(lights(3)), 'dropped');
    const options = world.options(['light-003']);
    const raising = world.order({ type: 'create', options });
    let raised: Promise<Result> | undefined;
    const ports = world.ports(async (what, run) => {
      if (raised && what.startsWith('store put')) throw new Error('the credentials have expired');
      if (raised || what !== `cloud ${world.cloud.operations.delete}`) return run();
      await world.submit(raising, 'raised');
      raised = world.work(raising.requestId, 'raised', { ...world.ports(), workers });
      await world.clock.sleep(20_000);
      return run();
    });
    const dropping = world.order({ type: 'delete', named: generation });
    await world.submit(dropping, 'dropped');
    const began = world.clock.now();
    await expect(world.once(dropping.requestId, 'dropped', { ...ports, workers })).rejects.toThrow('expired');

    expect(await raised).toMatchObject({ state: 'succeeded' });
    // Nobody has noted that its deletions were all answered, so what may be on its way is waited for; the lease lasts five minutes.
    expect(world.clock.now() - began).toBeLessThan(150_000);
    expect(world.devices()).toEqual(['light-003']);
  });
});
