import type { IConstruct } from 'constructs';
import { SynthesisError } from './synthesis-error';

/**
 * The framework's waiter carries the whole event through Step Functions, and the properties come back twice in its error
 * when an attempt is not the last: beyond this they would crowd out the reason of a failure.
 */
const MAX_BYTES = 4096;

/** `ServiceToken` and `ServiceTimeout`, which CloudFormation adds; the longest function name included. */
const ADDED_BYTES = 220;

/** @throws SynthesisError if the properties, as CloudFormation will send them, take more than 4,096 B of JSON. */
export function validatePropertiesSize(scope: IConstruct, resolvedProperties: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(asSent(resolvedProperties))) + ADDED_BYTES;
  if (bytes <= MAX_BYTES) return;
  throw new SynthesisError(
    scope,
    'PropertiesTooLarge',
    `the options take ${bytes} B of JSON, ${MAX_BYTES} B fit into CloudFormation's event: names that are listed one by ` +
      'one must fit into it – use Devices.sequence(), or split the list over several batches',
  );
}

/** CloudFormation turns every scalar into a string. */
function asSent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asSent);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asSent(member)]));
  }
  return String(value);
}
