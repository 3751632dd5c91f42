import { createHash } from 'node:crypto';
import type { CustomResourceEvent } from './framework';

/**
 * The id of a resource's batch: the same for all of its events, whatever they change, and another one in another stack. Stack
 * ids hold a random part, so a stack that is made again under its old name starts with nothing. Of a batch id the engine
 * makes CloudFormation's physical ids, which are refused beyond 1 KB and part of every response.
 */
export function batchIdOf({
  StackId,
  LogicalResourceId,
}: Pick<CustomResourceEvent, 'StackId' | 'LogicalResourceId'>): string {
  const digest = createHash('sha256').update(`${StackId}\n${LogicalResourceId}`).digest('hex');
  return `b${digest.slice(0, 16)}`;
}
