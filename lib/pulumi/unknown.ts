/**
 * What Pulumi puts, during a preview, in the place of a value that will be known only when something else has been made
 * (@pulumi/pulumi, runtime/rpc.js, `unknownValue`).
 */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** Whether a value, or anything within it, is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUnknown);
}
