import type { Order } from '../lib/batch';
import {
  countNames,
  MAX_TIMEOUT_SECONDS,
  parseOptions,
  validateActivation,
  validateDeviceSecrets,
  validateOnExisting,
  validateSelection,
  type BatchOptions,
} from '../lib/batch/contract';
import { BatchError } from '../lib/batch/errors';
import { limitsOf } from '../lib/clouds/limits';
import type { CustomResourceEvent } from './framework';

/**
 * What an event orders. Options are checked here once more: a template may have been edited since it was synthesised.
 *
 * @throws BatchError that says what is wrong with the options of a Create or Update; never for a Delete, which comes with
 * what an old version once wrote.
 */
export function orderOf(event: CustomResourceEvent, now: number): Order {
  const { RequestType, RequestId: requestId, PhysicalResourceId: named = '' } = event;
  if (RequestType === 'Delete') {
    return { type: 'delete', requestId, named, deadline: now + deleteSeconds(event.ResourceProperties) * 1000 };
  }
  const options = readOptions(event.ResourceProperties);
  const deadline = now + Math.min(options.timeoutSeconds, MAX_TIMEOUT_SECONDS) * 1000;
  if (RequestType === 'Create') return { type: 'create', requestId, deadline, options };
  const previous = optionsInForce(event.OldResourceProperties);
  return { type: 'update', requestId, deadline, options, named, ...(previous && { previous }) };
}

function readOptions(properties: unknown): BatchOptions {
  const options = parseOptions(properties);
  const limits = limitsOf(options.cloud);
  validateSelection(options.devices, limits);
  validateActivation(limits, options.devices, options);
  validateDeviceSecrets(options.deviceCredentials, countNames(options.devices));
  validateOnExisting(options.onExisting, options.devices);
  return options;
}

/** Undefined if these options can never have been in force: the Update that brought them was refused, and is taken back now. */
function optionsInForce(properties: unknown): BatchOptions | undefined {
  try {
    return readOptions(properties);
  } catch (error) {
    if (error instanceof BatchError) return undefined;
    throw error;
  }
}

/**
 * CloudFormation waits as long as the properties say. Where they do not say it in a way that we understand, it waits as
 * long as it can.
 */
function deleteSeconds(properties: unknown): number {
  const seconds = Number((properties as { timeoutSeconds?: unknown } | null | undefined)?.timeoutSeconds);
  return seconds >= 60 && seconds <= MAX_TIMEOUT_SECONDS ? seconds : MAX_TIMEOUT_SECONDS;
}
