import { endAbandoned, hasAbandoned } from './abandoned';
import { drop } from './drop';
import { BatchError } from './errors';
import type { Operation } from './operation';
import { BatchRecord, listBatches } from './record/batch-record';
import { owed, owedBy } from './record/head';
import { Lease } from './record/lease';

/**
 * Finishes what is owed in the whole store: falling generations of this batch and of every other, each under its own
 * policy. One that somebody else is working on is left to them; what nobody works on any more falls.
 *
 * @throws BatchError `StillOwed` with the first reason, after all were tried (I11).
 */
export async function settleOwed(operation: Operation): Promise<void> {
  const failures: BatchError[] = [];
  for (const batchId of await listBatches(operation.store)) {
    if (batchId === operation.batchId) await settleBatch(operation, failures);
    else await settleOther(operation, batchId, failures);
  }
  if (failures.length > 0) {
    const reasons = failures.map(({ message }) => message).join('; ');
    const tellsOf = failures.flatMap((failure) => failure.tellsOf);
    throw new BatchError('StillOwed', `an earlier change is not cleared away: ${reasons}`, tellsOf);
  }
}

async function settleOther(operation: Operation, batchId: string, failures: BatchError[]): Promise<void> {
  const record = await BatchRecord.load(operation.store, operation.clock, batchId);
  const now = operation.clock.now();
  if (!record.head.generations.some(owed) && !hasAbandoned(record.head, now)) return;
  const lease = await Lease.take(record, operation.lease.until, operation.ports.workers);
  if (!lease) return;
  try {
    if (hasAbandoned(lease.head, now)) await lease.update((head) => endAbandoned(head, now));
    const own: BatchError[] = [];
    await settleBatch(operation.onBatch(lease), own);
    // What is told once is for whoever next asks something of that batch.
    failures.push(...own.filter(({ tellsOf }) => tellsOf.length === 0));
  } finally {
    await lease.release();
  }
}

async function settleBatch(operation: Operation, failures: BatchError[]): Promise<void> {
  for (const { id } of owedBy(operation.head)) {
    try {
      await drop(operation, id);
    } catch (error) {
      if (!(error instanceof BatchError)) throw error;
      failures.push(new BatchError(error.code, `batch ${operation.batchId}: ${error.message}`, error.tellsOf));
    }
  }
}
