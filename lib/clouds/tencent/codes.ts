import type { Code } from '../http/meaning';

/** The codes that callers act upon: of API 3.0, or the number of the IoT module in API 2.0. */
export const DEVICE_NOT_EXIST = 'ResourceNotFound.DeviceNotExist';
export const TASK_NOT_FINISHED = 'UnauthorizedOperation.CreateMultiDeviceTaskNotFinished';

/** Looks a code of API 3.0 up. Unknown ones are judged by the HTTP status: 5xx is the cloud's fault, the rest is final. */
export function meaningOf(code: string, httpStatus: number): Code {
  const known = table.get(code) ?? families.find(([family]) => family.test(code))?.[1];
  return known ?? { meaning: httpStatus >= 500 ? 'uncertain' : 'permanent' };
}

/**
 * The same for a number of API 2.0, and the IoT module's own where it gives one. One of the module's that nobody has documented takes
 * nothing from what stands in front of it: refused keys, a rate, a fault of the server's.
 */
export function legacyMeaningOf(code: string, module: string | undefined, httpStatus: number): Code {
  const inFront = /^(4[1-6]|6\d)\d\d$/.test(code) ? legacyTable.get(code) : undefined;
  const known = module === undefined ? legacyTable.get(code) : (legacyTable.get(module) ?? inFront);
  return known ?? { meaning: httpStatus >= 500 ? 'uncertain' : 'permanent' };
}

const wrongKeys = 'check SecretId and SecretKey, and that the key is enabled';
const renewKeys = 'the temporary keys have expired or are mixed up: renew all three of them';
const wrongProduct = 'check productId, and whose keys these are';
const notAllowed = 'allow the CAM user or role the iotcloud: actions of this call on "*"';
const wrongClock = "set this machine's clock: 5 minutes off is too much";
const noBatch =
  'this endpoint has no batch operations: version 2018-06-14 of the API is on the sites of mainland China only';
const legacyGone = 'this endpoint does not serve API 2.0 any more: leave apiVersion out';
const noRoom = 'the product has no room for these devices (1,000,000 at most): ask for fewer';

/**
 * The lists of the official Go SDK (github.com/TencentCloud/tencentcloud-sdk-go, iotcloud/v20180614) and the common codes
 * (tencentcloud.com 1131/45350). Where they say "try again", the outcome of a call that changes something is uncertain.
 */
const table = codes({
  'AuthFailure.SignatureExpire': { meaning: 'clock', advice: wrongClock },
  'AuthFailure.TokenFailure': { meaning: 'keys', advice: renewKeys },
  'AuthFailure.UnauthorizedOperation': { meaning: 'forbidden', advice: notAllowed },
  UnauthorizedOperation: { meaning: 'forbidden', advice: notAllowed },
  // Despite its name no question of permission.
  [TASK_NOT_FINISHED]: { meaning: 'uncertain' },
  ServiceUnavailable: { meaning: 'uncertain' },
  ResourceUnavailable: { meaning: 'uncertain' },
  'ResourceNotFound.ProductNotExist': { meaning: 'permanent', advice: wrongProduct, missing: 'product' },
  'ResourceNotFound.CreateMultiDeviceTaskNotExist': { meaning: 'permanent', missing: 'job' },
  'ResourceNotFound.TaskNotExist': { meaning: 'permanent', missing: 'job' },
  'FailedOperation.TaskIDNotMatch': { meaning: 'permanent', advice: wrongProduct },
  'InvalidParameterValue.TaskIDNotMatch': { meaning: 'permanent', advice: wrongProduct },
  'FailedOperation.AccountIsolated': { meaning: 'permanent', advice: 'the account is in arrears' },
  'LimitExceeded.DeviceExceedLimit': { meaning: 'permanent', advice: noRoom },
  'UnauthorizedOperation.DeviceHasAlreadyBindGateway': {
    meaning: 'permanent',
    advice: 'unbind the device from its gateway first',
  },
  'UnauthorizedOperation.GatewayHasBindedDevices': {
    meaning: 'permanent',
    advice: 'unbind the devices of this gateway first',
  },
  'UnsupportedOperation.DeviceOtaTaskInProgress': {
    meaning: 'permanent',
    advice: 'wait until the firmware update of the device is over',
  },
  InvalidAction: { meaning: 'permanent', advice: noBatch },
  NoSuchVersion: { meaning: 'permanent', advice: noBatch },
  NoSuchProduct: { meaning: 'permanent', advice: 'check the endpoint' },
  ActionOffline: { meaning: 'permanent', advice: 'the vendor has withdrawn this operation' },
});

const families: [RegExp, Code][] = [
  [/^RequestLimitExceeded(\.|$)/, { meaning: 'throttled' }],
  [/^InternalError(\.|$)/, { meaning: 'uncertain' }],
  [/^AuthFailure(\.|$)/, { meaning: 'keys', advice: wrongKeys }],
];

/** Common numbers: cloud.tencent.com/doc/api/309/7025. The module's: the pages of its actions, and of GetMultiDevices. */
const legacyTable = codes({
  '4100': { meaning: 'keys', advice: wrongKeys },
  '4101': { meaning: 'forbidden', advice: notAllowed },
  '4102': { meaning: 'forbidden', advice: notAllowed },
  '4103': { meaning: 'forbidden', advice: notAllowed },
  '4104': { meaning: 'keys', advice: wrongKeys },
  '4105': { meaning: 'keys', advice: renewKeys },
  '4106': { meaning: 'forbidden', advice: 'use keys that need no second factor' },
  '4110': { meaning: 'forbidden', advice: notAllowed },
  '4200': { meaning: 'clock', advice: wrongClock },
  '4300': { meaning: 'forbidden', advice: notAllowed },
  '4400': { meaning: 'throttled' },
  // Also a Nonce that came twice, which the next try's is not.
  '4500': { meaning: 'clock', advice: wrongClock },
  '4600': { meaning: 'permanent', advice: 'the endpoint wants https' },
  '5100': { meaning: 'uncertain' },
  '5200': { meaning: 'uncertain' },
  '5300': { meaning: 'uncertain' },
  '5400': { meaning: 'uncertain' },
  '5500': { meaning: 'uncertain' },
  '6000': { meaning: 'uncertain' },
  '6100': { meaning: 'permanent', advice: legacyGone },
  '6200': { meaning: 'uncertain' },

  '1004': { meaning: 'permanent', advice: wrongProduct, missing: 'product' },
  '1100': { meaning: 'uncertain' },
  '2000': { meaning: 'permanent', advice: noRoom },
  '2006': { meaning: 'permanent', missing: 'job' },
  '2012': { meaning: 'permanent', advice: wrongProduct },
  '2100': { meaning: 'uncertain' },
});

/** A map, since a code may be what every object has: `constructor`. */
function codes(table: Readonly<Record<string, Code>>): ReadonlyMap<string, Code> {
  return new Map(Object.entries(table));
}
