/**
 * An error with a stable code, for users to act on and for the runbook to list. Its message is one line: what happened,
 * to which devices, why, what is left, what to do. It never holds a secret.
 */
export class BatchError extends Error {
  override readonly name: string = 'BatchError';
  constructor(
    readonly code: string,
    message: string,
    /** The ids of generations of which this is told once: whoever gives the answer writes down that it was. */
    readonly tellsOf: readonly string[] = [],
  ) {
    super(message);
  }
}
