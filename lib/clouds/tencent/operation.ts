import type * as z from 'zod';

/** An operation of either API: how it is paced and repeated, and what it answers. */
export interface Operation<Answer> {
  name: string;
  /** Documented requests a second; undefined where none are. */
  perSecond: number | undefined;
  /** Whether a call whose outcome is uncertain may simply be made again. */
  repeatable: boolean;
  /** Reads what is inside `Response` (API 3.0), or the whole answer (API 2.0). */
  answer: z.ZodType<Answer>;
}
