import type { CloudLimits } from '../../batch/contract/limits';

/**
 * Documented requests a second of each operation that we call, for the whole account; RAM users share them (the
 * "Limits" sections of the API reference: help.aliyun.com 69482, 69483, 69514, 69518 and the doc comments of
 * github.com/alibabacloud-go/iot-20180120).
 */
export const documentedRates = {
  BatchCheckDeviceNames: 10,
  BatchQueryDeviceDetail: 5,
  BatchRegisterDevice: 10,
  BatchRegisterDeviceWithApplyId: 500,
  DeleteDevice: 50,
  QueryBatchRegisterDeviceStatus: 30,
  QueryDevice: 50,
  QueryDeviceDetail: 50,
  QueryPageByApplyId: 50,
  QueryProduct: 50,
} as const;

/** Devices that one call carries at most (the same pages). */
export const pageSizes = {
  BatchQueryDeviceDetail: 100,
  QueryDevice: 50,
  QueryPageByApplyId: 50,
} as const;

/** What Alibaba Cloud IoT Platform documents about itself. Plain data: the construct validates with it at synth. */
export const aliyunLimits: CloudLimits = {
  title: 'Alibaba Cloud IoT Platform',
  // help.aliyun.com 69482
  namePattern: /^[A-Za-z0-9_\-@.:]{4,32}$/,
  nameRule: '4 to 32 of the characters A-Z a-z 0-9 - _ @ . :',
  // Names beyond it are dropped silently (help.aliyun.com 69482).
  namesPerJob: 10_000,
  // help.aliyun.com 69473
  assignedPerJob: 10_000,
  knowsActivation: true,
  // Public instances in the first six, enterprise instances in all (help.aliyun.com, "FAQ about IoT Platform instances").
  regions: [
    'cn-shanghai',
    'ap-northeast-1',
    'ap-southeast-1',
    'us-west-1',
    'us-east-1',
    'eu-central-1',
    'cn-beijing',
    'cn-shenzhen',
  ],
  throughput: {
    lookUp: documentedRates.BatchQueryDeviceDetail * pageSizes.BatchQueryDeviceDetail,
    collect: documentedRates.QueryPageByApplyId * pageSizes.QueryPageByApplyId,
    // There is no operation that deletes several.
    delete: documentedRates.DeleteDevice,
  },
};
