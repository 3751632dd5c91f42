import { loadLostDeletions, saveLostDeletion } from '../../../lib/batch/record/lost-deletions';
import { MemoryStore } from '../../support/memory-store';

it('lost deletions are those of the product that was asked for, until they cannot arrive any more (I1)', async () => {
  const store = new MemoryStore();
  const [one, other] = [
    { until: 1_000, names: ['light-001'] },
    { until: 2_000, names: ['light-002'] },
  ];
  await saveLostDeletion(store, 'a product', 'nonce', one);
  await saveLostDeletion(store, 'another product', 'nonce', other);
  expect(await loadLostDeletions(store, 999, 'a product')).toEqual([one]);
  expect(await loadLostDeletions(store, 999)).toEqual([one, other]);
  expect(await loadLostDeletions(store, 1_000)).toEqual([other]);
  // Those that are over are forgotten.
  expect(store.objects.size).toBe(1);
});
