import type * as z from 'zod';
import type { Repeatability } from '../http/failure';

/** An operation of either API: how it is paced and repeated, and what it answers. */
export interface Operation<Answer> {
  name: string;
  /** Documented requests a second; undefined where none are. */
  perSecond: number | undefined;
  /** Whether a call may simply be made again (`Repeatability`). */
  repeatable: Repeatability['repeatable'];
  /** Reads what is inside `Response` (API 3.0), or the whole answer (API 2.0). */
  answer: z.ZodType<Answer>;
}
