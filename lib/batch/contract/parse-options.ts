import * as z from 'zod';
import { BatchError } from '../errors';
import { aliyunSignatures, type CloudReference, tencentApiVersions } from './cloud-reference';
import { type BatchOptions, OPTIONS_VERSION } from './options';

/**
 * Reads options in every shape that CloudFormation may send: it turns scalars into strings, adds `ServiceToken` and
 * `ServiceTimeout`, and sends what an old version wrote for as long as the resource lives.
 *
 * @throws BatchError `InvalidOptions` with the path and the rule of the first few mistakes.
 */
export function parseOptions(properties: unknown): BatchOptions {
  const version = majorVersion(properties);
  if (version > OPTIONS_VERSION) {
    throw new BatchError(
      'NewerOptions',
      `the options are of version ${version}, this handler knows up to ${OPTIONS_VERSION}: deploy with the newer package again`,
    );
  }
  const parsed = schema.safeParse(properties);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`);
  throw new BatchError('InvalidOptions', `the options of the batch cannot be read: ${mistakes.join('; ')}`);
}

const integer = z.preprocess((value) => (isNumeral(value) ? Number(value) : value), z.number().int());
const boolean = z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean());
const text = z.string().min(1).max(512);

const aliyun = z.object({
  region: text,
  productKey: text,
  instanceId: text.optional(),
  endpoint: text.optional(),
  signature: z.enum(aliyunSignatures).optional(),
});

const tencent = z.object({
  productId: text,
  region: text.optional(),
  apiVersion: z.enum(tencentApiVersions).optional(),
  endpoint: text.optional(),
});

const cloud = z
  .object({ aliyun: aliyun.optional(), tencent: tencent.optional() })
  .refine((clouds) => Object.values(clouds).filter(Boolean).length === 1, 'exactly one of aliyun, tencent is needed')
  .transform((clouds) => clouds as CloudReference);

const sequence = z.object({ prefix: z.string(), count: integer, start: integer.optional(), pad: integer.optional() });

/** It becomes a part of a key in the store. */
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const file = z.object({
  source: z.string().min(1).max(2048),
  names: z.object({ count: integer, chunks: z.array(z.object({ digest, count: integer })), set: digest }),
});

/** It becomes a part of the names of secrets, and of ARNs. */
const secretsManager = z.object({
  prefix: z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,200}$/),
  encryptionKey: text.optional(),
});

const schema = z.object({
  version: z.literal(OPTIONS_VERSION).catch(OPTIONS_VERSION),
  cloud,
  devices: z.union(
    [
      z.object({ named: z.array(z.string()) }),
      z.object({ sequence }),
      z.object({ file }),
      z.object({ generated: z.object({ count: integer, prefix: z.string().optional() }) }),
      z.object({ assignedByCloud: z.object({ count: integer }) }),
      z.object({ fromJob: z.object({ id: text }) }),
    ],
    { error: 'one of named, sequence, file, generated, assignedByCloud, fromJob is needed' },
  ),
  onExisting: z.union([z.enum(['fail', 'adopt']), z.object({ adopt: z.array(z.string()) })]).default('fail'),
  deleteActivated: boolean.default(false),
  onPartialFailure: z.enum(['rollBack', 'keep']).default('rollBack'),
  removalPolicy: z.enum(['destroy', 'retain']).default('destroy'),
  deviceCredentials: z.union([z.enum(['store', 'none']), z.object({ secretsManager })]).default('store'),
  timeoutSeconds: integer.refine((seconds) => seconds >= 0, 'must not be below 0'),
  namesInResponse: boolean.optional(),
  secretArn: text.optional(),
});

/** The compiler's proof that the schema and the type are one contract. */
schema satisfies z.ZodType<BatchOptions>;

function majorVersion(properties: unknown): number {
  const version = (properties as { version?: unknown } | undefined)?.version;
  return isNumeral(version) ? Math.floor(Number(version)) : OPTIONS_VERSION;
}

function isNumeral(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
}
