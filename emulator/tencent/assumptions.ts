/**
 * What the vendor does not say, and the emulator had to decide. Each is an ASSUMPTION: nobody has seen the service do it,
 * so a client should survive every setting. The first value of each is the default.
 */
export interface TencentAssumptions {
  /** A name that breaks the rule: the call is refused with InvalidParameterValue, or the device has Result 2101. */
  malformedNames: 'refused' | 'result';
  /** A name that is twice in one call: the second fails with 2001, counts once, or the call is refused. */
  repeatedNames: 'secondFails' | 'merged' | 'refused';
  /** Whether names that differ in case only are the same name, and so repeated or taken. */
  deviceNameCase: 'distinguished' | 'ignored';
  /** A task that is unknown, or whose month is over: both codes are listed for the same operations. */
  unknownTask: 'ResourceNotFound.CreateMultiDeviceTaskNotExist' | 'ResourceNotFound.TaskNotExist';
  /** A task with the id of another product: both codes are listed for the same operation. */
  taskOfOtherProduct: 'FailedOperation.TaskIDNotMatch' | 'InvalidParameterValue.TaskIDNotMatch';
  /** The order in which the pages of a task list its devices. */
  orderOfTaskPage: 'asAsked' | 'byName' | 'backwards';
  /** The bounds of `Limit` and `pageSize` where a task is paged; the page of DescribeMultiDevices names none. */
  limitOfTaskPage: { least: number; most: number };
  /** Whether the pages of a task list devices that were deleted since. */
  deletedDevicesOfTask: 'listed' | 'leftOut';
  /** Fields that have no value, of devices that failed or whose product has no such secret: the samples leave them out. */
  unusedFields: 'absent' | 'empty' | 'null';
  /** Whether a device that failed has a text in `ErrMsg`: the samples have none, the list of fields has it. */
  textsOfFailures: 'absent' | 'present';
  /** The order in which a product's devices are listed. */
  orderOfListing: 'oldestFirst' | 'newestFirst';
  /** FirstOnlineTime and LastOfflineTime of a device that never connected: they "may be null, where they cannot be told". */
  neverOnline: 'zero' | 'null';
  /** CreateTime "may be null, where it cannot be told". */
  createTime: 'told' | 'null';
  /** The filter DeviceName of DescribeDevices. */
  deviceNameFilter: 'exact' | 'contains';
  /** An operation that CAM does not allow: both are general codes. */
  camDenial: 'AuthFailure.UnauthorizedOperation' | 'UnauthorizedOperation';
  /** A version that the endpoint does not have: both are general codes. */
  unknownVersion: 'NoSuchVersion' | 'InvalidAction';
  /** A required parameter that is absent: both are general codes. */
  missingParameter: 'MissingParameter' | 'InvalidParameter';
  /** A parameter that the operation does not have: the code UnknownParameter exists, its use is not described. */
  unknownParameter: 'refused' | 'ignored';
  /** A signature of version 1 that comes twice. Nonce and Timestamp together "prevent replay"; no code is named. */
  reusedNonce: 'AuthFailure.SignatureFailure' | 'AuthFailure.SignatureExpire';

  /** API 2.0, `code`: the pages say Int, one sample of another product has a text. */
  legacyCode: 'number' | 'text';
  /** API 2.0, around the module's code in `message`: as clients print it, or as the Chinese pages describe it. */
  legacyBrackets: '()' | '（）';
  /** API 2.0, a Timestamp too far away: newer and older lists. */
  legacyExpired: 4500 | 4200;
  /** API 2.0, the module's code for a device that does not exist: no page names one, and this number is made up. */
  legacyMissingDevice: number;
  /** API 2.0, GetMultiDevices before the task has ended: what was made so far, nothing, or refused with 2100. */
  legacyPageBeforeEnd: 'partial' | 'empty' | 'refuse';
  /** API 2.0, productID in GetMultiDevices: required by the pages of 2019, absent from older ones. */
  legacyProductOfTask: 'required' | 'optional';
}

export const defaultTencentAssumptions: Readonly<TencentAssumptions> = {
  malformedNames: 'refused',
  repeatedNames: 'secondFails',
  deviceNameCase: 'distinguished',
  unknownTask: 'ResourceNotFound.CreateMultiDeviceTaskNotExist',
  taskOfOtherProduct: 'FailedOperation.TaskIDNotMatch',
  orderOfTaskPage: 'asAsked',
  limitOfTaskPage: { least: 1, most: 100 },
  deletedDevicesOfTask: 'listed',
  unusedFields: 'absent',
  textsOfFailures: 'absent',
  orderOfListing: 'oldestFirst',
  neverOnline: 'zero',
  createTime: 'told',
  deviceNameFilter: 'exact',
  camDenial: 'AuthFailure.UnauthorizedOperation',
  unknownVersion: 'NoSuchVersion',
  missingParameter: 'MissingParameter',
  unknownParameter: 'refused',
  reusedNonce: 'AuthFailure.SignatureFailure',
  legacyCode: 'number',
  legacyBrackets: '()',
  legacyExpired: 4500,
  legacyMissingDevice: 2002,
  legacyPageBeforeEnd: 'partial',
  legacyProductOfTask: 'required',
};
