import * as z from 'zod';

/** Why the cloud did not do what was asked of it with one device. */
export const failureSchema = z.looseObject({ name: z.string(), code: z.string().optional(), reason: z.string() });
