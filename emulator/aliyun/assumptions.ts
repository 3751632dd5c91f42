/**
 * What the vendor does not say, and the emulator had to decide. Each is an ASSUMPTION: nobody has seen the service do it,
 * so a client should survive every setting. The first value of each is the default.
 */
export interface AliyunAssumptions {
  /**
   * HTTP status of business errors. Public clients read them from HTTP 200; some newer pages list 400.
   */
  businessErrorStatus: 200 | 400;
  /**
   * Malformed or repeated names in BatchCheckDeviceNames. `refused`: `Success: false` with the lists and no ApplyId (the
   * page says that the lists come "if the call fails"). `listed`: `Success: true` with ApplyId and the lists, and the
   * application ends in CHECK_FAILED.
   */
  malformedNames: 'refused' | 'listed';
  /** Whether names that differ in case only are the same name, and so repeated or taken. */
  deviceNameCase: 'distinguished' | 'ignored';
  /** Names that exist in the product. `fail`: CHECK_FAILED. `pass`: the check succeeds and their creation fails. */
  existingNamesInCheck: 'fail' | 'pass';
  /**
   * BatchRegisterDeviceWithApplyId for the second time. `echo`: success, and nothing is done twice. `refuse`:
   * CreateDeviceTaskIsRunning while it runs, IncorrentDeviceApplyInfo afterwards.
   */
  repeatedRegister: 'echo' | 'refuse';
  /** BatchRegisterDeviceWithApplyId while the check still runs. Candidates named by nobody; see the error list 87387. */
  registerWhileChecking: 'iot.device.CreateDeviceTaskIsRunning' | 'iot.device.IncorrentDeviceApplyInfo';
  /** BatchRegisterDeviceWithApplyId after CHECK_FAILED. */
  registerAfterFailedCheck: 'iot.device.IncorrentDeviceApplyInfo' | 'iot.device.ApplyManyDevicesFailed';
  /** An ApplyId with the ProductKey of another product. */
  applyIdOfOtherProduct: 'iot.device.IncorrentDeviceApplyInfo' | 'iot.device.DeviceApplyIsNotFound';
  /** QueryPageByApplyId before the creation has ended: CreateDeviceTaskIsRunning, an empty page, or what exists so far. */
  pageBeforeEnd: 'refuse' | 'empty' | 'partial';
  /** Whether QueryPageByApplyId leaves out devices that were deleted since, or lists them for ever. */
  pageAfterDeletion: 'existing' | 'asCreated';
  /** How long an application is known, in milliseconds; null: for ever. */
  applyIdRetentionMs: number | null;
  /** QueryDevice beyond 10,000 devices without NextToken "returns no data" (69905): an error, or an empty page. */
  deepPageWithoutToken: 'refuse' | 'empty';
  /** A required parameter that is absent: the gateway's `Missing<Name>` or `MissingParameter`, or the service's own code. */
  missingParameter: 'gateway' | 'gatewayGeneral' | 'business';
  /** What the two lists and the details hold in CHECK and CREATE: nothing, they are not there, or what was done so far. */
  listsWhileRunning: 'empty' | 'absent' | 'partial';
  /**
   * Where more devices than the quotas allow are refused with DeviceCountExceeded: as soon as the names are checked, when
   * their creation is asked for, or not at all, so that the surplus fails one by one.
   */
  deviceQuota: 'atRegister' | 'atCheck' | 'whileCreating';
  /** DeleteProduct with devices in it. The page (89858) says only that everything of the product is deleted with it. */
  deleteProductWithDevices: 'refuse' | 'deleteAll';
  /** Whether the import operations, which are for standard instances, are refused by the public instance without an id. */
  importWithoutInstance: 'refuse' | 'accept';
  /** How long the numbers of ApplyId are: as in the vendor's samples, or, as they are Longs, beyond 2^53. */
  applyIds: 'short' | 'long';
  /** An IotInstanceId that does not exist, is missing or not the product's. Both codes are documented (87387). */
  unknownInstance: 'iot.system.InstanceNotFound' | 'iot.Sre.IotInstanceNotFound';
  /** `Code` in a success: left out as in the samples, or `""` as newer products send it. */
  codeOfSuccess: 'absent' | 'empty';
  /** An operation that does not exist: three codes are documented, with HTTP 404, 403 and 400. */
  unknownOperation: 'InvalidApi.NotFound' | 'InvalidAction' | 'UnsupportedOperation';
  /** A date too far from the cloud's. */
  expiredDate: 'InvalidTimeStamp.Expired' | 'IllegalTimestamp';
  /**
   * HTTP statuses of gateway errors by code, over ours. Pages differ: `InvalidAccessKeyId.NotFound` 404 or 400,
   * `InvalidAccessKeyId.Inactive` and `SignatureDoesNotMatch` 400 or 403; `Throttling.User` 400, elsewhere also 429.
   */
  gatewayStatuses: Record<string, number>;
  /** How the RAM refuses an operation: three codes are documented for it, the last one a business error. */
  ramDenial: 'NoPermission' | 'Forbidden.RAM' | 'iot.common.RamActionPermissionDeny';
  /**
   * Whether a call that RAM or its rate refuses has used up its nonce, so that the same bytes sent again are refused with
   * SignatureNonceUsed.
   */
  nonceOfRefusedCall: 'used' | 'free';
  /** The answer to an ACS3 call that says neither in `Format` nor in `Accept` what it wants. */
  acs3WithoutAccept: 'XML' | 'JSON';
  /** The status query's XML root: by the rule `<Action>Response`, or the odd one of the vendor's old sample (69483). */
  statusXmlRoot: 'QueryBatchRegisterDeviceStatusResponse' | 'QueryBatchCheckDeviceNamesStatusResponse';
  /** Whether throttled answers carry `x-acs-retry-after` in milliseconds, which the vendor's SDK understands. */
  retryAfterHint: boolean;
}

export const defaultAssumptions: Readonly<AliyunAssumptions> = {
  businessErrorStatus: 200,
  malformedNames: 'refused',
  deviceNameCase: 'distinguished',
  existingNamesInCheck: 'fail',
  repeatedRegister: 'echo',
  registerWhileChecking: 'iot.device.CreateDeviceTaskIsRunning',
  registerAfterFailedCheck: 'iot.device.IncorrentDeviceApplyInfo',
  applyIdOfOtherProduct: 'iot.device.IncorrentDeviceApplyInfo',
  pageBeforeEnd: 'refuse',
  pageAfterDeletion: 'existing',
  applyIdRetentionMs: null,
  deepPageWithoutToken: 'refuse',
  missingParameter: 'gateway',
  listsWhileRunning: 'empty',
  deviceQuota: 'atRegister',
  deleteProductWithDevices: 'refuse',
  importWithoutInstance: 'refuse',
  applyIds: 'short',
  unknownInstance: 'iot.system.InstanceNotFound',
  codeOfSuccess: 'absent',
  unknownOperation: 'InvalidApi.NotFound',
  expiredDate: 'InvalidTimeStamp.Expired',
  gatewayStatuses: {},
  ramDenial: 'NoPermission',
  nonceOfRefusedCall: 'used',
  acs3WithoutAccept: 'XML',
  statusXmlRoot: 'QueryBatchRegisterDeviceStatusResponse',
  retryAfterHint: false,
};
