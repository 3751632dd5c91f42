import { storeKeys } from '../lib/batch';
import { attributes } from '../lib/batch/contract';
import type { Generation } from '../lib/batch/record/head';

/**
 * The resource's attributes: every one, always, because one that is missing fails the stack after the devices were created.
 * Names of devices are not among them: CloudFormation takes 4,096 bytes in all (I9).
 */
export function answerOf(
  batch: Generation,
  batchId: string,
  bucket: string,
): Record<(typeof attributes)[keyof typeof attributes], string | number> {
  return {
    [attributes.batchId]: batchId,
    [attributes.deviceCount]: batch.names.count,
    [attributes.jobIds]: joinedIfShort(batch.jobIds ?? []),
    [attributes.manifestBucket]: bucket,
    [attributes.manifestKey]: storeKeys.manifest(batchId, batch.id),
    [attributes.ready]: '',
  };
}

/** The rest of a response, with the longest names that AWS allows, takes less than 1,500 bytes. */
const MOST_BYTES = 2_500;

/** Ids that do not fit are left out altogether, not cut: the manifest has them all. */
function joinedIfShort(jobIds: readonly string[]): string {
  const joined = jobIds.join(',');
  return Buffer.byteLength(JSON.stringify(joined)) <= MOST_BYTES ? joined : '';
}
