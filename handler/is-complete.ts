import { reconcile, type EnginePorts, type Result } from '../lib/batch';
import { answerOf } from './answer';
import { PROPAGATION_MS } from '../lib/stores/aws-failure';
import { batchIdOf } from './batch-id';
import { countedCloud } from './counted-cloud';
import { credentialVaults } from './credential-vaults';
import { failureOf } from './failure-of';
import type { Invocation, IsCompleteAnswer, IsCompleteEvent } from './framework';
import type { HandlerPorts } from './ports';
import { writeMetrics, type Metrics } from './metrics';
import { namesFiles } from './names-files';
import { LogObserver } from './observer';
import { countOwed } from './owed-generations';
import { acceptanceOf, mayPass, workUntil } from './patience';
import { patientStore, type Patience } from '../lib/stores/patient-store';
import { reasonOf, RequestFailed } from './request-failed';
import { Secrets } from './secrets';

/**
 * Works on a request for as long as this invocation lasts, and tells what has become of it. The framework calls it again
 * while it is not complete; two of its waiters for one event do no harm.
 *
 * @throws RequestFailed when the request has failed.
 */
export async function isComplete(
  ports: HandlerPorts,
  event: IsCompleteEvent,
  invocation: Invocation,
): Promise<IsCompleteAnswer> {
  if (event.Refused !== undefined) throw new RequestFailed(event.Refused);
  const { clock, bucket } = ports;
  const batchId = batchIdOf(event);
  const requestId = event.RequestId;
  const observer = new LogObserver(ports, { batchId, requestId });
  const metrics: Metrics = {};

  const now = clock.now();
  const goneBy = now + invocation.getRemainingTimeInMillis();
  const until = workUntil(invocation, now);
  const accepted = acceptanceOf(event, now);
  try {
    const engine = enginePorts(ports, observer, metrics, { until, deniedUntil: accepted.at + PROPAGATION_MS });
    const result = await reconcile(engine, batchId, requestId, { until, goneBy });
    if (result.state === 'unfinished') return { IsComplete: false };
    metrics.GenerationsOwed = await countOwed(ports.store, clock).catch(() => undefined);
    if (result.state === 'failed') throw failed(result, observer);
    observer.log('info', 'succeeded', { type: event.RequestType });
    if (!result.batch) return { IsComplete: true };
    const namesWanted = wantsNames(event.ResourceProperties);
    return {
      IsComplete: true,
      PhysicalResourceId: result.batch.id,
      Data: await answerOf(result.batch, { store: engine.store, batchId, bucket, namesWanted }),
    };
  } catch (error) {
    if (error instanceof RequestFailed) throw error;
    if (mayPass(error, accepted, clock.now())) {
      observer.log('warn', 'the store is out of reach, to be continued', { error });
      return { IsComplete: false };
    }
    const failure = failureOf(error, bucket);
    observer.log('error', failure.message, { error });
    throw failure;
  } finally {
    observer.flush();
    writeMetrics(ports, event.StackId, metrics);
  }
}

function enginePorts(ports: HandlerPorts, observer: LogObserver, metrics: Metrics, patience: Patience): EnginePorts {
  const { clock } = ports;
  const store = patientStore(ports.store, clock, observer, patience);
  const secrets = new Secrets(ports.readSecret, clock);
  return {
    store,
    clock,
    observer,
    vault: credentialVaults({ secrets: ports.deviceSecrets, store, clock, deniedUntil: patience.deniedUntil }),
    readNames: namesFiles(ports.readObject, clock),
    connect: async (cloud, { secretArn }, { since, until }) => {
      const environment = { clock, observer, rates: ports.rates.of(cloud), until };
      return countedCloud(ports.connect(cloud, secrets.source(secretArn, since), environment), metrics);
    },
  };
}

/** CloudFormation makes text of booleans. */
function wantsNames(properties: unknown): boolean {
  return String((properties as { namesInResponse?: unknown } | undefined)?.namesInResponse) === 'true';
}

/** The log has the reason in full; CloudFormation has room for some of it. */
function failed(result: Extract<Result, { state: 'failed' }>, observer: LogObserver): RequestFailed {
  const { code, message } = result;
  observer.log('error', message, { code });
  return new RequestFailed(reasonOf(result));
}
