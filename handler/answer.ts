import { loadNames, storeKeys } from '../lib/batch';
import { attributes, MAX_LISTS_BYTES, MAX_NAMES_BYTES } from '../lib/batch/contract';
import { BatchError } from '../lib/batch/errors';
import type { Store } from '../lib/batch/ports/store';
import type { Generation } from '../lib/batch/record/head';

/** Where the answer is given. */
export interface AnswerPlace {
  store: Store;
  batchId: string;
  bucket: string;
  /** Whether something in the stack uses names that only the cloud knew. */
  namesWanted: boolean;
}

/**
 * The resource's attributes: every one, always, because one that is missing fails the stack after the devices were created.
 *
 * @throws BatchError `NamesTooLong` if names are wanted that CloudFormation does not take: it takes 4,096 bytes in all (I9).
 */
export async function answerOf(
  batch: Generation,
  { store, batchId, bucket, namesWanted }: AnswerPlace,
): Promise<Record<(typeof attributes)[keyof typeof attributes], string | number>> {
  const names = batch.kind === 'listed' ? '' : joinedIfShort(await loadNames(store, batch.names), MAX_NAMES_BYTES);
  if (namesWanted && names === '') throw namesTooLong(batch);
  return {
    [attributes.batchId]: batchId,
    [attributes.deviceCount]: batch.names.count,
    [attributes.deviceNames]: names,
    [attributes.jobIds]: joinedIfShort(batch.jobIds ?? [], MAX_LISTS_BYTES - names.length),
    [attributes.manifestBucket]: bucket,
    [attributes.manifestKey]: storeKeys.manifest(batchId, batch.id),
    [attributes.ready]: '',
  };
}

/** What does not fit is left out altogether, not cut: the manifest has it all. */
function joinedIfShort(values: readonly string[], most: number): string {
  const joined = values.join(',');
  return Buffer.byteLength(JSON.stringify(joined)) <= most ? joined : '';
}

function namesTooLong({ names }: Generation): BatchError {
  return new BatchError(
    'NamesTooLong',
    `the names of ${names.count} devices take more than the ${MAX_NAMES_BYTES} B that fit into a response: ` +
      'do not use deviceNames, read them in the manifest',
  );
}
