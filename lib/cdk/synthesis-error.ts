import type { IConstruct } from 'constructs';

/** A mistake found at synth, before anything is deployed: where it is, what is wrong, what to do, and a stable code. */
export class SynthesisError extends Error {
  override readonly name = 'SynthesisError';
  constructor(
    scope: IConstruct,
    readonly code: string,
    message: string,
  ) {
    super(`${scope.node.path}: ${message} [${code}]`);
  }
}

/** Runs a check of the option contract and adds to its error where in the app the mistake is. */
export function checkAt<T>(scope: IConstruct, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new SynthesisError(scope, String(error.code), error.message);
    throw error;
  }
}
