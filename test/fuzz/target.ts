import type * as fc from 'fast-check';

/** Something that takes what others have written, and must do right by it whatever that is. */
export interface Target<Input = unknown> {
  readonly name: string;
  readonly inputs: fc.Arbitrary<Input>;
  /** Its part of a long run, in thousands of a million: what lives a whole batch for an input takes a hundred times as long as what reads a text. @default 1 */
  readonly share?: number;
  /**
   * Puts one input in. Tells how that ended: `right`, or the code of the error.
   * @throws where it ended as it must not: an error without a code, a wrong result, a secret in a text.
   */
  attempt(input: Input): Promise<string> | string;
}

/** A target whose inputs nobody else needs to know. */
export function target<Input>(definition: Target<Input>): Target {
  return definition;
}
