import type { IotEmulator } from '../../../emulator';
import { legacyCodeOf } from '../../../emulator/tencent/api-2/codes';
import { operations as legacyOperations } from '../../../emulator/tencent/api-2/operations';
import { operations } from '../../../emulator/tencent/api-3/operations';
import { Refusal as Refused } from '../../../emulator/tencent/errors';
import type { OperationCall } from '../../../emulator/tencent/operation';
import { Parameters } from '../../../emulator/tencent/parameters';
import { TencentCloud } from '../../../lib/clouds/tencent/adapter';
import { Api2 } from '../../../lib/clouds/tencent/api-2';
import { Api3 } from '../../../lib/clouds/tencent/api-3';
import type { TencentClient } from '../../../lib/clouds/tencent/client';
import { legacyMeaningOf, meaningOf } from '../../../lib/clouds/tencent/codes';
import { cloudError } from '../../../lib/clouds/tencent/failure';
import { flatten } from '../../../lib/clouds/tencent/query-signature';
import { failureOfCode } from '../../../lib/clouds/http/failure';
import type { DirectCall, DirectAnswer, Refusal, SimulatedApi, SimulatedProduct } from './simulated-cloud';

/** The pages of version 2018-06-14, and of 2021-04-08 where that alone names one. */
const documentedRates: Readonly<Record<string, number>> = {
  DescribeMultiDevices: 100,
  DescribeDevices: 20,
  DescribeProduct: 20,
  DeleteDevice: 100,
};

/** Of operations for which nobody documents one. */
const UNDOCUMENTED_RATE = 20;

/** A product of Tencent Cloud IoT Hub, by one of the two versions of the API. */
export function tencentProduct(
  productId: string,
  encryption: 'certificate' | 'psk',
  apiVersion: '3.0' | '2.0',
): SimulatedProduct {
  const isLegacy = apiVersion === '2.0';
  return {
    id: productId,
    inWords: `Tencent's ${productId} by API ${apiVersion}`,
    api: isLegacy ? api2 : api3,
    reference: { tencent: { productId, apiVersion, endpoint: 'http://emulator.test' } },
    assignsNames: false,
    tellsDevices: !isLegacy,
    tellsSecrets: !isLegacy && encryption === 'psk',
    tellsLostJobs: false,
    create: ({ tencent }) => tencent.seed({ products: [{ productId, encryption }] }),
    devices: ({ tencent }) =>
      tencent.devices(productId).map(({ deviceName: name, identity, firstOnlineAt }) => {
        return { product: productId, name, identity, everConnected: firstOnlineAt !== undefined };
      }),
    register: ({ tencent }, deviceName) => tencent.seed({ devices: [{ productId, deviceName }] }),
    wake: ({ tencent }, name) => tencent.connect(name, productId),
    remove: ({ tencent }, name) => tencent.deleteDevice(name, productId),
    secretsOf: (emulator, identity) => secretsOf(emulator, productId, identity),
    looksAt: ({ operation, names }, name) =>
      operation === 'DescribeDevices' || (operation === 'DescribeDevice' && names.includes(name)),
  };
}

/** A private key is nowhere but in the task that made it. */
function secretsOf({ tencent }: IotEmulator, productId: string, identity: string): Record<string, string> | undefined {
  const device = tencent.devices(productId).find((each) => each.identity === identity);
  if (!device) return undefined;
  if ('psk' in device.credential) return { DevicePsk: device.credential.psk };
  const results = tencent.hub.tasks.list().flatMap((task) => task.results);
  const privateKey = results.find((result) => result.device === device)?.privateKey;
  return {
    DeviceCert: device.credential.certificate,
    ...(privateKey !== undefined && { DevicePrivateKey: privateKey }),
  };
}

const shared = {
  CreateMultiDevice: 'register',
  DeleteDevice: 'delete',
} as const;

/** Version 2018-06-14 of API 3.0. */
const api3: SimulatedApi = {
  roles: {
    ...shared,
    DescribeMultiDevTask: 'status',
    DescribeMultiDevices: 'collect',
    DescribeDevice: 'look',
    DescribeDevices: 'look',
    DescribeProduct: 'inspect',
  },
  refusals: {
    refused: { code: 'FailedOperation.AccountIsolated', message: 'in arrears', status: 200 },
    forbidden: { code: 'AuthFailure.UnauthorizedOperation', message: 'not allowed', status: 200 },
    unavailable: { code: 'ServiceUnavailable', message: 'try later', status: 200 },
    throttled: { code: 'RequestLimitExceeded', message: 'too many', status: 200 },
  },
  rateOf: (operation) => documentedRates[operation] ?? UNDOCUMENTED_RATE,
  serve: (emulator, call, faults) => {
    const parameters = Parameters.ofJson(valuesOf(call), emulator.tencent.assumptions);
    return execute(emulator, '3.0', operations, { ...call, parameters, faults });
  },
  judge: ({ code, message, status }) => failureOfCode(code, message, meaningOf(code, status), { httpStatus: status }),
  error: (operation, failure) => cloudError(operation, failure),
  connect: (client, { tencent }, { clock }) =>
    new TencentCloud(new Api3(client as unknown as TencentClient, tencent?.productId ?? '', clock), () =>
      client.close(),
    ),
  clockSkewMs: ({ tencent }) => tencent.clockSkewMs,
};

const api2: SimulatedApi = {
  roles: {
    ...shared,
    GetCreateMultiDevTask: 'status',
    GetMultiDevices: 'collect',
    ListDevices: 'look',
  },
  refusals: {
    refused: { code: '4000', message: 'in arrears', status: 200 },
    forbidden: { code: '4103', message: 'not allowed', status: 200 },
    unavailable: { code: '6200', message: 'try later', status: 200 },
    throttled: { code: '4400', message: 'too many', status: 200 },
  },
  rateOf: () => UNDOCUMENTED_RATE,
  serve: (emulator, call, faults) => {
    const { assumptions } = emulator.tencent;
    const parameters = Parameters.ofPairs(flatten(valuesOf(call)), assumptions);
    const served = execute(emulator, '2.0', legacyOperations, { ...call, parameters, faults });
    if ('payload' in served) return served;
    const { code, module } = legacyCodeOf(served.refused.code, assumptions);
    return { refused: { ...served.refused, code: String(module ?? code) } };
  },
  judge: ({ code, message, status }) =>
    failureOfCode(code, message, legacyMeaningOf(code, undefined, status), { httpStatus: status }),
  error: (operation, failure) => cloudError(operation, failure),
  connect: (client, { tencent }) =>
    new TencentCloud(new Api2(client as unknown as TencentClient, tencent?.productId ?? ''), () => client.close()),
  clockSkewMs: ({ tencent }) => tencent.clockSkewMs,
};

function execute(
  { tencent, clock }: IotEmulator,
  generation: string,
  known: typeof operations,
  call: Pick<OperationCall, 'parameters' | 'requestId' | 'faults'> & { operation: string },
): DirectAnswer {
  const operation = known.get(call.operation);
  if (!operation) throw new RangeError(`there is no operation ${call.operation}`);
  const now = clock.now();
  const rate = { bucket: `${generation} ${operation.name}`, perSecond: operation.callsPerSecond };
  try {
    if (tencent.rates.take(rate, now) > 0) throw new Refused('RequestLimitExceeded', 'Too many calls.');
    const { hub, assumptions, quotas } = tencent;
    const { parameters, requestId, faults } = call;
    return { payload: operation.execute({ parameters, hub, assumptions, quotas, now, requestId, faults }) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const refused: Refusal = { code: error.code, message: error.message, status: error.status };
    return { refused };
  }
}

function valuesOf({ parameters, lists }: DirectCall): Record<string, string | number | string[]> {
  const values: Record<string, string | number | string[]> = {};
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) values[name] = value;
  for (const [name, value] of Object.entries(lists)) values[name] = [...value];
  return values;
}
