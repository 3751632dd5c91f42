import type { CustomResourceEvent } from '../../../handler/framework';
import { createHandler } from '../../../handler/handler';
import type { HandlerPorts } from '../../../handler/ports';
import { ProcessRates } from '../../../lib/clouds/process-rates';
import { awsError, connectionReset, secretDenied } from '../../support/aws-errors';
import { assetAt } from '../stack/spec';
import { connectTo } from './connect';
import type { Fault } from './faults';
import { Process } from './process';
import { ProcessStore } from './process-store';
import type { SimulatedWorld } from './world';

export const BUCKET = 'the-store-of-the-stack';

/** Lambda's time-outs for our two functions (lib/cdk/handler-functions.ts). */
const LIMITS_MS = { onEvent: 60_000, isComplete: 300_000 };

/** What Lambda tells the framework. */
export type Invoked = { result: Record<string, unknown> } | { error: string };

/** Runs one of the handler's functions in a process of its own; what crosses is JSON, as in Lambda. */
export async function invoke(
  world: SimulatedWorld,
  name: 'onEvent' | 'isComplete',
  event: CustomResourceEvent & Record<string, unknown>,
): Promise<Invoked> {
  const cause = { stack: event.StackId, batch: event.LogicalResourceId, request: event.RequestId };
  const process = new Process(world, world.nextProcess(), cause, LIMITS_MS[name], name === 'isComplete');
  const handler = createHandler(portsOf(process));
  const invocation = { getRemainingTimeInMillis: () => process.remainingMs };
  world.working++;
  try {
    const copy = JSON.parse(JSON.stringify(event)) as never;
    const end = await Promise.race([handler[name](copy, invocation), process.killed]);
    if (end === 'killed' && process.unheard) return { result: { IsComplete: false } };
    if (end === 'killed') return { error: 'Runtime exited without providing a reason' };
    return { result: JSON.parse(JSON.stringify(end)) as Record<string, unknown> };
  } catch (error) {
    return { error: (error as Error).message };
  } finally {
    process.end();
    world.working--;
  }
}

/** What the handler has in one process. */
export function portsOf(process: Process): HandlerPorts {
  const { world } = process;
  return {
    bucket: BUCKET,
    store: new ProcessStore(process, world.store),
    clock: process.clock,
    rates: new ProcessRates(process.clock, 1),
    readSecret: () => Promise.reject(new Error('no life reads keys')),
    deviceSecrets: world.secrets.by((what, run) => process.through(what, (fault) => disturbedSecret(fault, run))),
    readObject: (_bucket, key) => process.through('asset get', () => Buffer.from(assetAt(key))),
    connect: (reference, _credentials, environment) => connectTo(process, reference, environment),
    write: (line) => void world.logs.push(line),
  };
}

/** Secrets Manager, as a fault has it answer. */
async function disturbedSecret<T>(fault: Fault | undefined, run: () => Promise<T>): Promise<T> {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others strike elsewhere
  switch (fault?.kind) {
    case 'secretsAway':
      throw awsError('InternalServiceError', 500);
    case 'secretLost':
      await run();
      throw connectionReset();
    case 'secretDenied':
      throw secretDenied();
    default:
      return run();
  }
}
