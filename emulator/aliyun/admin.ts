import * as z from 'zod';
import type { AdminRoutes } from '../admin-routes';
import { handRoutes, turnSwitches } from '../hand-routes';
import type { Application } from './application';
import type { JobDurations } from './applications';
import type { AliyunAssumptions } from './assumptions';
import type { AliyunCloud } from './cloud';
import type { Device } from './device';
import type { AccessKey } from './keys';
import type { DeviceSeed } from './platform';
import type { Product } from './product';
import type { ProductSeed } from './products';
import type { Quotas } from './quotas';

/** Alibaba's half of the admin API, below `aliyun/`. */
export function aliyunRoutes(cloud: AliyunCloud): AdminRoutes {
  const { platform, assumptions, durations, quotas, keys, rates } = cloud;
  const switches = () => ({ assumptions, durations, quotas, rates: rates.enforcement, clockSkewMs: cloud.clockSkewMs });
  return {
    'GET aliyun/products': () => platform.products.list().map(productFields),
    'GET aliyun/devices': ({ query }) =>
      cloud.devices(query.get('productKey') ?? undefined).map((device) => deviceFields(device, query.has('secrets'))),
    'GET aliyun/applications': () => platform.listApplications().map(applicationFields),
    'GET aliyun/secrets': () => platform.issuedSecrets(),
    'GET aliyun/certificates/*': ({ rest = '' }) => cloud.certificatesBehind(rest),
    'GET aliyun/keys': () =>
      keys.list().map(({ accessKeyId, denied, active, expiresAt }) => ({ accessKeyId, denied, active, expiresAt })),
    'GET aliyun/switches': switches,
    'POST aliyun/switches': ({ body }) => {
      turnSwitches(cloud, body(switchesSchema));
      return switches();
    },
    'POST aliyun/seed': ({ body }) => {
      cloud.seed(body(seedSchema));
      return { products: platform.products.list().map(productFields) };
    },
    ...handRoutes(cloud, 'productKey'),
  };
}

function productFields({ productKey, productName, authType, nodeType, instanceId, devices }: Product) {
  return { productKey, productName, authType, nodeType, instanceId, deviceCount: devices.size };
}

function deviceFields({ deviceSecret, ...device }: Device, withSecret: boolean) {
  return withSecret ? { ...device, deviceSecret } : device;
}

function applicationFields({
  applyId,
  productKey,
  status,
  imported,
  createdAt,
  devices,
  failures,
  created,
}: Application) {
  return {
    applyId,
    productKey,
    status,
    imported,
    createdAt,
    deviceNames: devices.map(({ deviceName }) => deviceName),
    created: created.map(({ deviceName }) => deviceName),
    failures: Object.fromEntries(failures),
  };
}

const durationsSchema = z.strictObject({
  checkMs: z.number().nonnegative(),
  checkPerDeviceMs: z.number().nonnegative(),
  createMs: z.number().nonnegative(),
  createPerDeviceMs: z.number().nonnegative(),
  certificateMs: z.number().nonnegative(),
}) satisfies z.ZodType<JobDurations>;

const quotasSchema = z.strictObject({
  productsPerInstance: z.number().nonnegative(),
  devicesPerProduct: z.number().nonnegative(),
  devicesPerInstance: z.number().nonnegative(),
}) satisfies z.ZodType<Quotas>;

const assumptionsSchema = z.strictObject({
  businessErrorStatus: z.literal([200, 400]),
  malformedNames: z.enum(['refused', 'listed']),
  deviceNameCase: z.enum(['distinguished', 'ignored']),
  existingNamesInCheck: z.enum(['fail', 'pass']),
  repeatedRegister: z.enum(['echo', 'refuse']),
  registerWhileChecking: z.enum(['iot.device.CreateDeviceTaskIsRunning', 'iot.device.IncorrentDeviceApplyInfo']),
  registerAfterFailedCheck: z.enum(['iot.device.IncorrentDeviceApplyInfo', 'iot.device.ApplyManyDevicesFailed']),
  applyIdOfOtherProduct: z.enum(['iot.device.IncorrentDeviceApplyInfo', 'iot.device.DeviceApplyIsNotFound']),
  pageBeforeEnd: z.enum(['refuse', 'empty', 'partial']),
  pageAfterDeletion: z.enum(['existing', 'asCreated']),
  applyIdRetentionMs: z.number().nonnegative().nullable(),
  deepPageWithoutToken: z.enum(['refuse', 'empty']),
  missingParameter: z.enum(['gateway', 'gatewayGeneral', 'business']),
  listsWhileRunning: z.enum(['empty', 'absent', 'partial']),
  deviceQuota: z.enum(['atRegister', 'atCheck', 'whileCreating']),
  deleteProductWithDevices: z.enum(['refuse', 'deleteAll']),
  importWithoutInstance: z.enum(['refuse', 'accept']),
  applyIds: z.enum(['short', 'long']),
  unknownInstance: z.enum(['iot.system.InstanceNotFound', 'iot.Sre.IotInstanceNotFound']),
  codeOfSuccess: z.enum(['absent', 'empty']),
  unknownOperation: z.enum(['InvalidApi.NotFound', 'InvalidAction', 'UnsupportedOperation']),
  expiredDate: z.enum(['InvalidTimeStamp.Expired', 'IllegalTimestamp']),
  gatewayStatuses: z.record(z.string(), z.number().int().min(400).max(599)),
  ramDenial: z.enum(['NoPermission', 'Forbidden.RAM', 'iot.common.RamActionPermissionDeny']),
  nonceOfRefusedCall: z.enum(['used', 'free']),
  acs3WithoutAccept: z.enum(['XML', 'JSON']),
  statusXmlRoot: z.enum(['QueryBatchRegisterDeviceStatusResponse', 'QueryBatchCheckDeviceNamesStatusResponse']),
  retryAfterHint: z.boolean(),
}) satisfies z.ZodType<AliyunAssumptions>;

const switchesSchema = z.strictObject({
  assumptions: assumptionsSchema.partial().optional(),
  durations: durationsSchema.partial().optional(),
  quotas: quotasSchema.partial().optional(),
  rates: z.union([z.boolean(), z.number().positive()]).optional(),
  clockSkewMs: z.number().optional(),
});

const productSchema = z.strictObject({
  productKey: z.string().optional(),
  productName: z.string().optional(),
  authType: z.enum(['secret', 'x509']).optional(),
  nodeType: z.number().int().optional(),
  instanceId: z.string().optional(),
  description: z.string().optional(),
  aliyunCommodityCode: z.string().optional(),
  dataFormat: z.number().int().optional(),
  netType: z.string().optional(),
  protocolType: z.string().optional(),
  categoryKey: z.string().optional(),
}) satisfies z.ZodType<ProductSeed>;

const seededDeviceSchema = z.strictObject({
  productKey: z.string(),
  deviceName: z.string(),
  nickname: z.string().optional(),
  status: z.enum(['UNACTIVE', 'ONLINE', 'OFFLINE', 'DISABLE']).optional(),
  createdAt: z.number().optional(),
}) satisfies z.ZodType<DeviceSeed>;

const keySchema = z.strictObject({
  accessKeyId: z.string(),
  accessKeySecret: z.string(),
  securityToken: z.string().optional(),
  expiresAt: z.number().optional(),
  denied: z.array(z.string()).optional(),
  active: z.boolean().optional(),
}) satisfies z.ZodType<AccessKey>;

const seedSchema = z.strictObject({
  products: z.array(productSchema).optional(),
  devices: z.array(seededDeviceSchema).optional(),
  keys: z.array(keySchema).optional(),
});
