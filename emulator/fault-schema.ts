import * as z from 'zod';
import type { Fault, FaultRule } from './faults';

const executed = z.boolean().optional();
const deviceChoice = {
  names: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  count: z.number().int().nonnegative().optional(),
  reason: z.string().optional(),
  result: z.number().int().optional(),
};

const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('throttle'), code: z.string().optional(), retryAfterMs: z.number().optional() }),
  z.strictObject({ kind: z.literal('drop'), when: z.enum(['before', 'after']) }),
  z.strictObject({ kind: z.literal('late'), ms: z.number().nonnegative() }),
  z.strictObject({ kind: z.literal('slow'), ms: z.number().nonnegative() }),
  z.strictObject({
    kind: z.literal('gatewayError'),
    status: z.number().int().min(400).max(599),
    code: z.string(),
    message: z.string().optional(),
    executed,
  }),
  z.strictObject({ kind: z.literal('businessError'), code: z.string(), message: z.string().optional(), executed }),
  z.strictObject({ kind: z.literal('badGateway'), executed }),
  z.strictObject({ kind: z.literal('truncated') }),
  z.strictObject({ kind: z.literal('garbage') }),
  z.strictObject({ kind: z.literal('cut') }),
  z.strictObject({ kind: z.literal('wrappers'), as: z.enum(['missing', 'null', 'empty', 'array']) }),
  z.strictObject({ kind: z.literal('status'), status: z.string() }),
  z.strictObject({ kind: z.literal('stuckJob'), phase: z.enum(['CHECK', 'CREATE']) }),
  z.strictObject({ kind: z.literal('failCheck'), ...deviceChoice }),
  z.strictObject({ kind: z.literal('failCreate'), ...deviceChoice }),
  z.strictObject({ kind: z.literal('clockSkew'), ms: z.number() }),
]) satisfies z.ZodType<Fault>;

/** A rule as it comes over HTTP or from the command line. */
export const faultRuleSchema = z.strictObject({
  operation: z.string().optional(),
  cloud: z.enum(['aliyun', 'tencent']).optional(),
  after: z.number().int().nonnegative().optional(),
  times: z.number().int().positive().optional(),
  probability: z.number().min(0).max(1).optional(),
  fault: faultSchema,
}) satisfies z.ZodType<FaultRule>;
