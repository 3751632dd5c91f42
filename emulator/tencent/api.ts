import type { HttpAnswer } from '../message';
import type { Refusal } from './errors';
import type { Claim } from './keys';
import type { Operation } from './operation';
import type { Parameters } from './parameters';

/** One call, as one of the vendor's two generations of its API writes and answers it. */
export interface Api {
  /** Calls of different generations are counted apart (an assumption). */
  readonly generation: '3.0' | '2.0';
  /** The operation's own parameters; none where they cannot be read. */
  readonly parameters: Parameters;
  /** The operation that is asked for. Throws Refusal where there is none, or the call cannot be read. */
  operation(): Operation;
  /** Throws Refusal where it is incomplete. */
  claim(): Claim;
  success(payload: Record<string, unknown>): HttpAnswer;
  failure(refusal: Refusal): HttpAnswer;
}

/** What every answer to one call has in common. */
export interface AnswerContext {
  requestId: string;
  /** What the cloud's own clock shows. */
  shown: number;
}
