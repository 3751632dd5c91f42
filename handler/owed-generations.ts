import type { Clock } from '../lib/batch/ports/clock';
import type { Store } from '../lib/batch/ports/store';
import { BatchRecord, listBatches } from '../lib/batch/record/batch-record';
import { owed } from '../lib/batch/record/head';

/** How many generations of the store, of any batch, still have devices to delete. */
export async function countOwed(store: Store, clock: Clock): Promise<number> {
  let count = 0;
  for (const batchId of await listBatches(store)) {
    const { head } = await BatchRecord.load(store, clock, batchId);
    count += head.generations.filter(owed).length;
  }
  return count;
}
