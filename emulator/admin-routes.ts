import type { z } from 'zod';

/** A request to the admin API. */
export interface AdminCall {
  query: URLSearchParams;
  /** What follows the route's own path: `3` of `/_emulator/faults/3`. */
  rest: string | undefined;
  /** The JSON body, checked; an absent one is `{}`. */
  body: <T>(schema: z.ZodType<T>) => T;
}

/** `METHOD path` (below the prefix) → what it answers; undefined is answered as `{}`. */
export type AdminRoutes = Record<string, (call: AdminCall) => unknown>;
