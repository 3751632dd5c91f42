import { loadReleased, saveReleased } from '../../../lib/batch/record/released';
import { MemoryStore } from '../../support/memory-store';

const place = { batchId: 'b1', generationId: 'b1-1' };
const devices = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `n-${i}`, identity: `i-${i}`, provenance: 'created' as const }));

describe('devices that were released', () => {
  it('lie in parts of ten thousand, each device in one of them, and are all remembered (I11)', async () => {
    const store = new MemoryStore();
    await saveReleased(store, 'a product', place, devices(20_000));
    const parts = [...store.objects.keys()].map((key) => JSON.parse(store.text(key) ?? '') as { devices: unknown[] });
    expect(parts.map((part) => part.devices.length)).toEqual([10_000, 10_000]);
    const released = await loadReleased(store, 'a product');
    expect(released.size).toBe(20_000);
    expect(released.get('i-19999')).toEqual(place);
    expect((await loadReleased(store, 'another product')).size).toBe(0);
  });

  it('where there are none leave nothing in the store', async () => {
    const store = new MemoryStore();
    await saveReleased(store, 'a product', place, []);
    expect(store.objects.size).toBe(0);
  });

  it('are none in a part that is deleted while it is read, with all the rest of the store', async () => {
    const store = new MemoryStore();
    await saveReleased(store, 'a product', place, devices(3));
    store.get = async () => undefined;
    expect((await loadReleased(store, 'a product')).size).toBe(0);
  });
});
