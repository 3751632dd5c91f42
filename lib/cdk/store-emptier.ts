import { CustomResource, Duration, Lazy } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import { EMPTYING_SECONDS, STORE_RESOURCE_TYPE, type StoreProperties } from '../batch/contract/store-resource';

/** What the resource that empties the store is made from. */
export interface StoreEmptierProps {
  /** The provider of the batches, which knows what they still owe. */
  readonly serviceToken: string;
  /** What it must still find when it is deleted. */
  readonly foundation: IDependable;
  /** Whether the bucket outlives the stack. Asked at synth. */
  readonly retains: () => boolean;
}

/**
 * The contents of the bucket as a resource of their own. Batches wait for it, so that CloudFormation deletes it when they are
 * gone and before the bucket; it then empties the bucket, or refuses to while a batch that left the stack still owes something.
 * The CDK's `autoDeleteObjects` would empty it in any case, and what is owed would be forgotten (I11).
 *
 * It waits for the provider, where something that empties a bucket should need nothing else: judging takes the handler, and with
 * a function of its own for it there would be one more to lose. Where the functions are gone, docs/runbook.md has the way out.
 */
export function storeEmptier(scope: Construct, id: string, props: StoreEmptierProps): CustomResource {
  const { serviceToken, foundation, retains } = props;
  const properties = {
    // Only at synth is it known what the batches want. A property that is undefined is not there.
    retain: Lazy.any({ produce: () => retains() || undefined }) as never,
  } satisfies StoreProperties;
  const resource = new CustomResource(scope, id, {
    resourceType: STORE_RESOURCE_TYPE,
    serviceToken,
    serviceTimeout: Duration.seconds(EMPTYING_SECONDS + ANSWER_SECONDS),
    properties,
  });
  resource.node.addDependency(foundation);
  return resource;
}

/** What CloudFormation waits longer than emptying may take, so that the reason of a failure arrives. */
const ANSWER_SECONDS = 5 * 60;
