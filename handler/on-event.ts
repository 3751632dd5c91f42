import { BatchError, submit, unrecordedId } from '../lib/batch';
import { awsFailureOf } from '../lib/stores/aws-failure';
import { batchIdOf } from './batch-id';
import { failureOf } from './failure-of';
import type { CustomResourceEvent, Invocation, OnEventAnswer } from './framework';
import type { HandlerPorts } from './ports';
import { LogObserver } from './observer';
import { orderOf } from './order';
import { patientStore } from '../lib/stores/patient-store';

/**
 * Writes down what CloudFormation asks for; nothing happens at the cloud. An event that is delivered again gets the same
 * answer.
 *
 * @throws RequestFailed where nothing was recorded. On Create the framework then makes up an id, and swallows the Delete
 * that CloudFormation sends for it.
 */
export async function onEvent(
  ports: HandlerPorts,
  event: CustomResourceEvent,
  invocation: Invocation,
): Promise<OnEventAnswer> {
  const { clock, bucket } = ports;
  const batchId = batchIdOf(event);
  const { RequestType: type, RequestId: requestId } = event;
  const observer = new LogObserver(ports, { batchId, requestId });
  const at = clock.now();
  // A new role's access may be denied for longer than this function has: what is left of its time has to do.
  const until = at + Math.min(invocation.getRemainingTimeInMillis() - ANSWER_MS, LONGEST_MS);
  const store = patientStore(ports.store, clock, observer, { until, deniedUntil: until });
  try {
    const order = orderOf(event, at);
    const generation = await submit(store, clock, batchId, order);
    observer.log('info', 'accepted', { type, generation, named: event.PhysicalResourceId, deadline: order.deadline });
    const accepted = { Accepted: { at, deadline: order.deadline } };
    // An Update that fails keeps the id that CloudFormation has; the new one comes with its success.
    return type === 'Create' ? { PhysicalResourceId: generation, ...accepted } : accepted;
  } catch (error) {
    const failure = failureOf(error, bucket);
    observer.log('error', failure.message, { type, error });
    if (type === 'Create' && perhapsRecorded(error)) return refusal(unrecordedId(batchId, requestId), failure.message);
    throw failure;
  }
}

const LONGEST_MS = 50_000;
/** Kept for a last call that takes its time, and for the answer. */
const ANSWER_MS = 15_000;

/** Whether the event may be in the record although we could not see it: the answer to a write was lost. */
function perhapsRecorded(error: unknown): boolean {
  if (error instanceof BatchError) return false;
  const failure = awsFailureOf(error);
  return failure !== 'denied' && failure !== 'missing';
}

/** `isComplete` is to fail with this, because then the id is kept and CloudFormation sends a Delete for it. */
function refusal(PhysicalResourceId: string, Refused: string): OnEventAnswer {
  return { PhysicalResourceId, Refused };
}
