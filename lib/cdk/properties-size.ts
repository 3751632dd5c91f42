/**
 * After the last attempt the framework reads the event back from the error of that attempt, where it is text within
 * text, with the old properties beside the new ones (aws-cdk-lib, provider-framework/runtime, `onTimeout`). If it were
 * cut short there, CloudFormation would get no answer at all.
 */
const MAX_BYTES = 4096;

/** `ServiceToken` and `ServiceTimeout`, which CloudFormation adds; the longest function name included. */
const ADDED_BYTES = 220;

/** What is wrong if the properties, as CloudFormation will send them, take more than 4,096 B of JSON. */
export function tooLarge(resolvedProperties: unknown): string[] {
  const bytes = Buffer.byteLength(JSON.stringify(asSent(resolvedProperties))) + ADDED_BYTES;
  if (bytes <= MAX_BYTES) return [];
  return [
    `the options take ${bytes} B of JSON, ${MAX_BYTES} B fit into CloudFormation's event: shorten the list of ` +
      'OnExisting.adoptOnly(), or use OnExisting.adopt() [PropertiesTooLarge]',
  ];
}

/** What a value that is known at deployment only may take: an ARN with a long name. */
const UNKNOWN_BYTES = 200;

/** CloudFormation turns every scalar into a string, and puts values for `Ref` and the functions. */
function asSent(value: unknown): unknown {
  if (isIntrinsic(value)) return '?'.repeat(UNKNOWN_BYTES);
  if (Array.isArray(value)) return value.map(asSent);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asSent(member)]));
  }
  return String(value);
}

function isIntrinsic(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const [name = '', ...others] = Object.keys(value);
  return others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
}
