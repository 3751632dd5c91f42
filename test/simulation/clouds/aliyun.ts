import { BusinessError, GatewayError } from '../../../emulator/aliyun/errors';
import { Long } from '../../../emulator/aliyun/long';
import { operations } from '../../../emulator/aliyun/operations';
import { Parameters } from '../../../emulator/aliyun/parameters';
import { AliyunCloud } from '../../../lib/clouds/aliyun/adapter';
import type { AliyunClient } from '../../../lib/clouds/aliyun/client';
import { cloudError, failureOf } from '../../../lib/clouds/aliyun/failure';
import type { DirectCall, Refusal, SimulatedApi, SimulatedProduct } from './simulated-cloud';

const REGION = 'cn-shanghai';

/** A product of Alibaba Cloud IoT Platform. */
export function aliyunProduct(productKey: string): SimulatedProduct {
  return {
    id: productKey,
    inWords: `Alibaba's ${productKey}`,
    api: aliyunApi,
    reference: { aliyun: { region: REGION, productKey, endpoint: 'http://emulator.test' } },
    assignsNames: true,
    tellsDevices: true,
    tellsSecrets: true,
    tellsLostJobs: true,
    create: ({ aliyun }) => aliyun.seed({ products: [{ productKey }] }),
    devices: ({ aliyun }) =>
      aliyun.devices(productKey).map(({ deviceName: name, iotId: identity, activatedAt }) => {
        return { product: productKey, name, identity, everConnected: activatedAt !== undefined };
      }),
    register: ({ aliyun }, deviceName) => aliyun.seed({ devices: [{ productKey, deviceName }] }),
    wake: ({ aliyun }, name) => aliyun.connect(name, productKey),
    remove: ({ aliyun }, name) => aliyun.deleteDevice(name, productKey),
    secretsOf: ({ aliyun: { platform } }, identity) => {
      const device = platform.deviceByIotId(identity);
      return device && { DeviceSecret: device.deviceSecret };
    },
    looksAt: ({ operation, names }, name) => operation === 'BatchQueryDeviceDetail' && names.includes(name),
  };
}

export const aliyunApi: SimulatedApi = {
  roles: {
    BatchCheckDeviceNames: 'check',
    BatchRegisterDeviceWithApplyId: 'register',
    BatchRegisterDevice: 'register',
    QueryBatchRegisterDeviceStatus: 'status',
    QueryPageByApplyId: 'collect',
    BatchQueryDeviceDetail: 'look',
    QueryDeviceDetail: 'look',
    QueryDevice: 'look',
    QueryProduct: 'inspect',
    DeleteDevice: 'delete',
  },
  refusals: {
    refused: { code: 'iot.system.BillIsOverDue', message: 'in arrears', status: 200 },
    forbidden: { code: 'NoPermission', message: 'not allowed', status: 403 },
    unavailable: { code: 'ServiceUnavailable', message: 'try later', status: 503 },
    throttled: { code: 'Throttling.User', message: 'too many', status: 400 },
  },
  rateOf: (operation) => operations.get(operation)?.callsPerSecond ?? 20,
  serve: ({ aliyun, clock }, call, faults) => {
    const now = clock.now();
    const { accessKeyId } = aliyun.accessKey;
    const { platform, assumptions } = aliyun;
    try {
      const operation = operations.get(call.operation);
      if (!operation) throw new RangeError(`there is no operation ${call.operation}`);
      if (call.nonce !== undefined) {
        aliyun.keys.checkNonce(accessKeyId, call.nonce, now);
        aliyun.keys.useNonce(accessKeyId, call.nonce, now);
      }
      const parameters = parametersOf(call, assumptions);
      const rate = operation.slowerRate?.(parameters) ?? {
        bucket: operation.name,
        perSecond: operation.callsPerSecond,
      };
      if (aliyun.rates.take(rate, now) > 0) throw new GatewayError(400, 'Throttling.User', 'Too many calls.');
      const { requestId } = call;
      const payload = operation.execute({ parameters, platform, assumptions, now, requestId, host: 'direct', faults });
      return { payload: withoutLongs(payload) as Record<string, unknown> };
    } catch (error) {
      const refused = refusalOf(error, assumptions.businessErrorStatus);
      if (refused) return { refused };
      throw error;
    }
  },
  judge: ({ code, message, status: httpStatus }) => failureOf(code, message, { httpStatus }),
  error: (operation, failure) => cloudError(operation, failure),
  connect: (client, { aliyun }) => {
    if (!aliyun) throw new RangeError('the product is not one of Alibaba’s');
    return new AliyunCloud(client as unknown as AliyunClient, aliyun);
  },
  clockSkewMs: ({ aliyun }) => aliyun.clockSkewMs,
};

function refusalOf(error: unknown, businessErrorStatus: number): Refusal | undefined {
  if (error instanceof GatewayError) return { code: error.code, message: error.message, status: error.status };
  if (!(error instanceof BusinessError)) return undefined;
  return { code: error.code, message: error.message, status: businessErrorStatus };
}

function parametersOf({ parameters, lists }: DirectCall, assumptions: ConstructorParameters<typeof Parameters>[1]) {
  const pairs = new URLSearchParams({ RegionId: REGION });
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) pairs.set(name, String(value));
  for (const [name, values] of Object.entries(lists))
    values.forEach((value, i) => pairs.set(`${name}.${i + 1}`, value));
  return new Parameters(
    { method: 'POST', url: `/?${pairs.toString()}`, headers: {}, body: Buffer.alloc(0) },
    assumptions,
  );
}

function withoutLongs(value: unknown): unknown {
  if (value instanceof Long) return value.digits;
  if (Array.isArray(value)) return value.map(withoutLongs);
  if (typeof value !== 'object' || value === null) return value;
  const plain: Record<string, unknown> = {};
  for (const name of Object.keys(value)) plain[name] = withoutLongs((value as Record<string, unknown>)[name]);
  return plain;
}
