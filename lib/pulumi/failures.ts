import type { Outputs } from './state';

/**
 * A failure that leaves something behind: Pulumi then keeps the resource in the state, as it is told here, with the reasons, and the
 * next `up` begins with an update. It reads `id`, `properties` and `reasons` of an error (@pulumi/pulumi, cmd/dynamic-provider).
 */
export class PartialFailure extends Error {
  override readonly name = 'PartialFailure';
  readonly reasons: string[];
  constructor(
    readonly id: string,
    readonly properties: Outputs,
    { code, message }: { code: string; message: string },
  ) {
    super(`${message} [${code}]`);
    this.reasons = [this.message];
  }
}
