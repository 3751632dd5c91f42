import { batchIdOf } from '../../../handler/batch-id';
import type { Claims } from '../stack/claims';
import type { StoredGeneration } from './stored';

/** What a generation is excused by that CloudFormation never asked to be deleted. */
export function excusesOf(
  { skipped, heard }: Claims,
  stack: () => string,
  metNewer: () => boolean,
): (generation: StoredGeneration) => boolean {
  /**
   * CloudFormation gave up after Deletes that all died before the first of them was recorded, or that came while a later version had
   * taken over the record: only `status` shows the rest. And what a lost request without names has made must be told to somebody first.
   */
  const wasGivenUp = ({ batchId, deletes, kind }: StoredGeneration) =>
    [...skipped].some(
      ([id, LogicalResourceId]) =>
        batchIdOf({ StackId: stack(), LogicalResourceId }) === batchId &&
        (metNewer() || kind === 'assigned' || !deletes.includes(id)),
    );
  return (generation) => {
    const { id, phase, deletes } = generation;
    // Delivered again after CloudFormation had given it up, it was cut off: no Delete was ever to come for it.
    const isForgotten = phase === 'draining' && deletes.length === 0;
    const unheard = (phase === 'standing' || phase === 'rising' || isForgotten) && !heard.has(id);
    return skipped.has(id) || unheard || wasGivenUp(generation);
  };
}
