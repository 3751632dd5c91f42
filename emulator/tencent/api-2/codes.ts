import type { TencentAssumptions } from '../assumptions';

/** `code`, and the number of its own that the IoT module puts before the `message`. */
export interface LegacyCode {
  code: number;
  module?: number;
}

/**
 * What API 2.0 says where API 3.0 says this. The common codes: cloud.tencent.com/doc/api/309/7025; the module's: the pages
 * of its actions, which do not say which common code goes with them (an assumption).
 */
export function legacyCodeOf(code: string, assumptions: Readonly<TencentAssumptions>): LegacyCode {
  // A fault may name a number: four digits from 1000 to 2999 are the module's.
  if (/^[12]\d{3}$/.test(code)) return { code: commonCodeOf(Number(code)), module: Number(code) };
  if (/^\d+$/.test(code)) return { code: Number(code) };
  if (code === 'AuthFailure.SignatureExpire') return { code: assumptions.legacyExpired };
  if (code === 'ResourceNotFound.DeviceNotExist') return { code: 5000, module: assumptions.legacyMissingDevice };
  if (code === assumptions.camDenial) return { code: 4103 };
  return codes[code] ?? { code: 5100 };
}

const codes: Readonly<Record<string, LegacyCode>> = {
  'AuthFailure.SignatureFailure': { code: 4100 },
  'AuthFailure.InvalidAuthorization': { code: 4100 },
  'AuthFailure.SecretIdNotFound': { code: 4104 },
  'AuthFailure.TokenFailure': { code: 4105 },
  RequestLimitExceeded: { code: 4400 },
  InternalError: { code: 6000, module: 2100 },
  ServiceUnavailable: { code: 6200 },
  NoSuchVersion: { code: 6100 },
  UnsupportedProtocol: { code: 4600 },
  MissingParameter: { code: 4000, module: 2101 },
  InvalidParameter: { code: 4000, module: 2101 },
  InvalidParameterValue: { code: 4000, module: 2101 },
  InvalidAction: { code: 4000 },
  'InvalidParameterValue.DeviceAlreadyExist': { code: 4000, module: 2001 },
  'LimitExceeded.DeviceExceedLimit': { code: 4400, module: 2000 },
  'ResourceNotFound.ProductNotExist': { code: 5000, module: 1004 },
  'ResourceNotFound.CreateMultiDeviceTaskNotExist': { code: 5000, module: 2006 },
  'ResourceNotFound.TaskNotExist': { code: 5000, module: 2006 },
  'FailedOperation.TaskIDNotMatch': { code: 5100, module: 2012 },
  'InvalidParameterValue.TaskIDNotMatch': { code: 5100, module: 2012 },
  'UnauthorizedOperation.CreateMultiDeviceTaskNotFinished': { code: 6000, module: 2100 },
};

function commonCodeOf(module: number): number {
  return Object.values(codes).find((one) => one.module === module)?.code ?? 5100;
}
