import * as z from 'zod';
import type { AdminRoutes } from '../admin-routes';
import { handRoutes, turnSwitches } from '../hand-routes';
import type { TencentAssumptions } from './assumptions';
import type { TencentCloud } from './cloud';
import type { TencentDevice } from './device';
import type { TencentDeviceSeed, TencentProductSeed } from './hub';
import type { ApiKey } from './keys';
import type { TencentProduct } from './product';
import type { TencentQuotas } from './quotas';
import { reasonOf, type TencentTask } from './task';
import type { TaskDurations } from './tasks';

/** Tencent's half of the admin API, below `tencent/`. */
export function tencentRoutes(cloud: TencentCloud): AdminRoutes {
  const { hub, assumptions, durations, quotas, keys, rates } = cloud;
  const switches = () => ({
    ...{ assumptions, durations, quotas, rates: rates.enforcement },
    ...{ clockSkewMs: cloud.clockSkewMs, versions: cloud.versions },
  });
  return {
    'GET tencent/products': () => hub.listProducts().map(productFields),
    'GET tencent/devices': ({ query }) =>
      cloud.devices(query.get('productId') ?? undefined).map((device) => deviceFields(device, query.has('secrets'))),
    'GET tencent/tasks': () => hub.tasks.list().map(taskFields),
    'GET tencent/secrets': () => hub.issuedSecrets(),
    'GET tencent/keys': () =>
      keys.list().map(({ secretId, denied, active, expiresAt }) => ({ secretId, denied, active, expiresAt })),
    'GET tencent/switches': switches,
    'POST tencent/switches': ({ body }) => {
      const asked = body(switchesSchema);
      turnSwitches(cloud, asked);
      cloud.versions = asked.versions ?? cloud.versions;
      return switches();
    },
    'POST tencent/seed': ({ body }) => {
      cloud.seed(body(seedSchema));
      return { products: hub.listProducts().map(productFields) };
    },
    ...handRoutes(cloud, 'productId'),
  };
}

function productFields({ traits, devices }: TencentProduct) {
  const { productId, productName, encryption } = traits;
  return { productId, productName, encryption, deviceCount: devices.size };
}

function deviceFields({ credential, ...device }: TencentDevice, withSecret: boolean) {
  if ('certificate' in credential) return { ...device, certificate: credential.certificate };
  return withSecret ? { ...device, psk: credential.psk } : device;
}

function taskFields({ taskId, productId, status, createdAt, names, results }: TencentTask) {
  return {
    taskId,
    productId,
    status,
    createdAt,
    deviceNames: names,
    created: results.filter(({ result }) => result === 0).map(({ deviceName }) => deviceName),
    failures: results
      .filter(({ result }) => result !== 0)
      .map((result) => ({ deviceName: result.deviceName, result: result.result, reason: reasonOf(result) })),
  };
}

const durationsSchema = z.strictObject({
  startMs: z.number().nonnegative(),
  createMs: z.number().nonnegative(),
  createPerDeviceMs: z.number().nonnegative(),
  taskLifeMs: z.number().nonnegative(),
}) satisfies z.ZodType<TaskDurations>;

const quotasSchema = z.strictObject({
  products: z.number().nonnegative(),
  devicesPerProduct: z.number().nonnegative(),
}) satisfies z.ZodType<TencentQuotas>;

const assumptionsSchema = z.strictObject({
  malformedNames: z.enum(['refused', 'result']),
  repeatedNames: z.enum(['secondFails', 'merged', 'refused']),
  deviceNameCase: z.enum(['distinguished', 'ignored']),
  unknownTask: z.enum(['ResourceNotFound.CreateMultiDeviceTaskNotExist', 'ResourceNotFound.TaskNotExist']),
  taskOfOtherProduct: z.enum(['FailedOperation.TaskIDNotMatch', 'InvalidParameterValue.TaskIDNotMatch']),
  orderOfTaskPage: z.enum(['asAsked', 'byName', 'backwards']),
  limitOfTaskPage: z.strictObject({ least: z.number().int().positive(), most: z.number().int().positive() }),
  deletedDevicesOfTask: z.enum(['listed', 'leftOut']),
  unusedFields: z.enum(['absent', 'empty', 'null']),
  textsOfFailures: z.enum(['absent', 'present']),
  orderOfListing: z.enum(['oldestFirst', 'newestFirst']),
  neverOnline: z.enum(['zero', 'null']),
  createTime: z.enum(['told', 'null']),
  deviceNameFilter: z.enum(['exact', 'contains']),
  camDenial: z.enum(['AuthFailure.UnauthorizedOperation', 'UnauthorizedOperation']),
  unknownVersion: z.enum(['NoSuchVersion', 'InvalidAction']),
  missingParameter: z.enum(['MissingParameter', 'InvalidParameter']),
  unknownParameter: z.enum(['refused', 'ignored']),
  reusedNonce: z.enum(['AuthFailure.SignatureFailure', 'AuthFailure.SignatureExpire']),
  legacyCode: z.enum(['number', 'text']),
  legacyBrackets: z.enum(['()', '（）']),
  legacyExpired: z.literal([4500, 4200]),
  legacyMissingDevice: z.number().int(),
  legacyPageBeforeEnd: z.enum(['partial', 'empty', 'refuse']),
  legacyProductOfTask: z.enum(['required', 'optional']),
}) satisfies z.ZodType<TencentAssumptions>;

const switchesSchema = z.strictObject({
  assumptions: assumptionsSchema.partial().optional(),
  durations: durationsSchema.partial().optional(),
  quotas: quotasSchema.partial().optional(),
  rates: z.union([z.boolean(), z.number().positive()]).optional(),
  clockSkewMs: z.number().optional(),
  versions: z.array(z.string()).optional(),
});

const productSchema = z.strictObject({
  productId: z.string().optional(),
  productName: z.string().optional(),
  encryption: z.enum(['certificate', 'psk']).optional(),
  description: z.string().optional(),
  productType: z.number().int().optional(),
  format: z.string().optional(),
}) satisfies z.ZodType<TencentProductSeed>;

const seededDeviceSchema = z.strictObject({
  productId: z.string(),
  deviceName: z.string(),
  connected: z.enum(['never', 'online', 'offline']).optional(),
  createdAt: z.number().optional(),
}) satisfies z.ZodType<TencentDeviceSeed>;

const keySchema = z.strictObject({
  secretId: z.string(),
  secretKey: z.string(),
  token: z.string().optional(),
  expiresAt: z.number().optional(),
  denied: z.array(z.string()).optional(),
  active: z.boolean().optional(),
}) satisfies z.ZodType<ApiKey>;

const seedSchema = z.strictObject({
  products: z.array(productSchema).optional(),
  devices: z.array(seededDeviceSchema).optional(),
  keys: z.array(keySchema).optional(),
});
