import type { Code } from '../http/meaning';

export type { Meaning } from '../http/meaning';

/** The codes that callers act upon. */
export const NOT_EXISTED_DEVICE = 'iot.device.NotExistedDevice';
export const INVALID_IOT_ID = 'iot.device.InvalidIoTId';
export const APPLY_NOT_FOUND = 'iot.device.DeviceApplyIsNotFound';
export const NONCE_USED = 'SignatureNonceUsed';

/** Looks a code up. Unknown ones are judged by the HTTP status: 5xx is the cloud's fault, the rest is final. */
export function meaningOf(code: string, httpStatus: number): Code {
  const known = table.get(code.toLowerCase()) ?? families.find(([family]) => family.test(code))?.[1];
  if (known !== undefined) return known;
  // 429 is documented nowhere for this gateway, but means one thing only.
  if (httpStatus === 429) return { meaning: 'throttled' };
  return { meaning: httpStatus >= 500 ? 'uncertain' : 'permanent' };
}

const wrongKeys = 'check the AccessKey id and secret, and that the AccessKey is active';
const wrongProduct = 'check productKey, region and instanceId: they must belong together';
const wrongInstance = 'check instanceId and region; an instance whose overview page shows an id needs it';
const notAllowed =
  'allow the RAM user or role the iot: actions of this call on "*", and use no key of the account itself';
const notSubscribed = 'check in the console that IoT Platform is activated and the account is not in arrears';

/**
 * Business codes: help.aliyun.com 87387 and the archived English "Error codes" page. Gateway codes: help.aliyun.com
 * 48054, 51132, 435312. Where the pages say "try again", the outcome of a call that changes something is uncertain.
 */
const table = new Map<string, Code>(
  Object.entries<Code>({
    'iot.system.SystemException': { meaning: 'uncertain' },
    'iot.system.InstanceNotFound': { meaning: 'permanent', advice: wrongInstance },
    'iot.Sre.IotInstanceNotFound': { meaning: 'permanent', advice: wrongInstance },
    'iot.system.UidNotFound': { meaning: 'permanent', advice: notSubscribed },
    'iot.system.BillIsOverDue': { meaning: 'permanent', advice: notSubscribed },
    'iot.common.RamActionPermissionDeny': { meaning: 'forbidden', advice: notAllowed },
    'iot.common.AuthActionPermissionDeny': {
      meaning: 'forbidden',
      advice: 'the product or device belongs to another account: check productKey and whose keys these are',
    },
    'iot.common.QueryDeviceActionError': { meaning: 'uncertain' },
    'iot.common.QueryProductActionError': { meaning: 'uncertain' },
    'iot.common.QueryProductCountActionError': { meaning: 'uncertain' },
    'iot.prod.NotExistedProduct': { meaning: 'permanent', advice: wrongProduct, missing: 'product' },
    'iot.prod.NullProductKey': { meaning: 'permanent', advice: wrongProduct },
    'iot.prod.InvalidFormattedProductkey': { meaning: 'permanent', advice: wrongProduct },
    'iot.prod.QueryDeviceCountActionError': { meaning: 'uncertain' },
    'iot.device.DeviceCountExceeded': {
      meaning: 'permanent',
      advice: 'the product or the instance has no room for these devices: raise its quota or ask for fewer',
    },
    'iot.device.ApplyManyDevicesFailed': { meaning: 'uncertain' },
    'iot.device.CreateDeviceTaskIsRunning': { meaning: 'uncertain' },
    [APPLY_NOT_FOUND]: { meaning: 'permanent', missing: 'job' },
    'iot.device.QueryDeviceApplyActionError': { meaning: 'uncertain' },
    'iot.device.QueryDeviceListActionError': { meaning: 'uncertain' },
    'iot.device.QueryDeviceStatusFailed': { meaning: 'uncertain' },
    'iot.device.DeleteDeviceFailed': { meaning: 'uncertain' },

    'InvalidTimeStamp.Expired': { meaning: 'clock', advice: "set this machine's clock: 15 minutes off is too much" },
    IllegalTimestamp: { meaning: 'clock', advice: "set this machine's clock: 15 minutes off is too much" },
    SignatureNonceUsed: { meaning: 'replayed' },
    SignatureDoesNotMatch: { meaning: 'keys', advice: wrongKeys },
    IncompleteSignature: { meaning: 'keys', advice: wrongKeys },
    MissingSecurityToken: { meaning: 'keys', advice: 'these are temporary keys: they need their SecurityToken' },
    NoPermission: { meaning: 'forbidden', advice: notAllowed },
    InsufficientBalance: { meaning: 'permanent', advice: notSubscribed },
    InternalError: { meaning: 'uncertain' },
    ServiceUnavailable: { meaning: 'uncertain' },
    'InvalidProduct.NotFound': { meaning: 'permanent', advice: 'check the endpoint and the region' },
    'InvalidProtocol.NeedSsl': { meaning: 'permanent', advice: 'the endpoint wants https' },
  }).map(([code, meaning]) => [code.toLowerCase(), meaning]),
);

/** Any code with "Throttling" in it is throttling, as for the vendor's SDK (npm @alicloud/openapi-core, utils.ts). */
const families: [RegExp, Code][] = [
  [/throttling/i, { meaning: 'throttled' }],
  [
    /^InvalidSecurityToken\./i,
    { meaning: 'keys', advice: 'the temporary keys have expired or are mixed up: renew all three of them' },
  ],
  [/^InvalidAccessKeyId\./i, { meaning: 'keys', advice: wrongKeys }],
  [/^Forbidden(\.|$)/i, { meaning: 'forbidden', advice: notAllowed }],
];
