import { emptyStore } from '../lib/batch';
import { EMPTYING_SECONDS, STORE_RESOURCE_TYPE } from '../lib/batch/contract';
import { awsFailureOf, PROPAGATION_MS } from '../lib/stores/aws-failure';
import { failureOf } from './failure-of';
import type { CustomResourceEvent, Invocation, IsCompleteAnswer, IsCompleteEvent, OnEventAnswer } from './framework';
import type { HandlerPorts } from './ports';
import { LogObserver } from './observer';
import { acceptanceOf, mayPass, workUntil } from './patience';
import { patientStore } from '../lib/stores/patient-store';

/** Whether an event is about what the stack's bucket holds, and not about a batch. */
export function isStoreResource({ ResourceType }: CustomResourceEvent): boolean {
  return ResourceType === STORE_RESOURCE_TYPE;
}

/** Nothing has to be written down: whatever id a Delete comes with, it is about the one bucket. */
export function storeOnEvent({ bucket, clock }: HandlerPorts, { RequestType }: CustomResourceEvent): OnEventAnswer {
  const at = clock.now();
  const accepted = { Accepted: { at, deadline: at + EMPTYING_SECONDS * 1000 } };
  return RequestType === 'Create' ? { PhysicalResourceId: `${bucket}-contents`, ...accepted } : accepted;
}

/**
 * Empties the bucket on Delete, unless it outlives the stack. Nothing else is ever to be done for the resource.
 *
 * @throws RequestFailed when the request has failed.
 */
export async function storeIsComplete(
  ports: HandlerPorts,
  event: IsCompleteEvent,
  invocation: Invocation,
): Promise<IsCompleteAnswer> {
  if (event.RequestType !== 'Delete' || retains(event.ResourceProperties)) return { IsComplete: true };
  const { clock, bucket } = ports;
  const observer = new LogObserver(ports, { bucket, requestId: event.RequestId });
  const now = clock.now();
  const until = workUntil(invocation, now);
  const accepted = acceptanceOf(event, now);
  const store = patientStore(ports.store, clock, observer, { until, deniedUntil: accepted.at + PROPAGATION_MS });
  try {
    const { deadline } = accepted;
    const empty = await emptyStore({ store, clock, address: `s3://${bucket}`, until, deadline });
    if (empty) observer.log('info', 'the store is empty');
    return { IsComplete: empty };
  } catch (error) {
    if (mayPass(error, accepted, clock.now())) {
      observer.log('warn', 'the store is out of reach, to be continued', { error });
      return { IsComplete: false };
    }
    // What the batches owe was their matter; where there is no bucket, nothing is left to keep.
    if (awsFailureOf(error) === 'missing') return { IsComplete: true };
    const failure = failureOf(error, bucket);
    observer.log('error', failure.message, { error });
    throw failure;
  }
}

/** CloudFormation makes text of booleans. */
function retains(properties: unknown): boolean {
  return String((properties as { retain?: unknown } | undefined)?.retain) === 'true';
}
