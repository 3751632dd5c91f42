import type * as z from 'zod';
import type { Repeatability } from '../http/failure';

/** The version of the API that all of these belong to. */
export const API_VERSION = '2018-01-20';

/** An operation of the API: how it is paced and repeated, and what it answers. */
export interface Operation<Answer> {
  name: string;
  /** Documented requests a second; undefined where none are. */
  perSecond: number | undefined;
  /** Whether a call may simply be made again (`Repeatability`). */
  repeatable: Repeatability['repeatable'];
  /** Reads an answer with `Success: true`. */
  answer: z.ZodType<Answer>;
  /** Whether an answer with `Success: false` is one all the same: it is then returned, not thrown. */
  answersDespite?: (answer: Answer) => boolean;
}
