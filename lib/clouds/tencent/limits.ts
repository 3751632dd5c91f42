import type { TencentApiVersion } from '../../batch/contract/cloud-reference';
import type { CloudLimits } from '../../batch/contract/limits';

/**
 * Documented requests a second of each operation that we call, for the whole account (the pages of version 2018-06-14, and of
 * 2021-04-08 where they name one). Undefined where none do: the batch operations but one, and all of API 2.0.
 */
export const documentedRates = {
  CreateMultiDevice: undefined,
  DescribeMultiDevTask: undefined,
  DescribeMultiDevices: 100,
  DescribeDevice: undefined,
  DescribeDevices: 20,
  DescribeProduct: 20,
  DeleteDevice: 100,
} as const;

/** Devices that one page holds at most. */
export const pageSizes = {
  /** Its page names no bounds; a task has 100 devices at most. */
  DescribeMultiDevices: 100,
  /** 10 to 250 (DescribeDevices). */
  DescribeDevices: 250,
  /** API 2.0: the pages name no bounds; as for tasks. */
  ListDevices: 100,
} as const;

/** What Tencent Cloud IoT Hub documents about itself. Plain data: the construct validates with it at synth. */
export const tencentLimits: CloudLimits = {
  title: 'Tencent Cloud IoT Hub',
  // CreateMultiDevice, 2018-06-14
  namePattern: /^[a-zA-Z0-9:_-]{1,48}$/,
  nameRule: '1 to 48 of the characters a-z A-Z 0-9 : _ -',
  namesPerJob: 100,
  knowsActivation: true,
  throughput: {
    // Only the whole product can be listed; one by one there are no more than 20 a second.
    lookUp: documentedRates.DescribeDevices * pageSizes.DescribeDevices,
    collect: documentedRates.DescribeMultiDevices * pageSizes.DescribeMultiDevices,
    // There is no operation that deletes several.
    delete: documentedRates.DeleteDevice,
  },
};

/** The same by API 2.0, of which no page names a rate: as many calls a second as we make then. */
const legacyLimits: CloudLimits = {
  ...tencentLimits,
  title: 'Tencent Cloud IoT Hub (API 2.0)',
  // ListDevices tells names and nothing else.
  knowsActivation: false,
  // Ours: that is half of what could be deleted within the hour at a rate that nobody has promised.
  mostDevices: 20_000,
  // A listing counts when the next one has seen all of it again.
  throughput: { lookUp: 10 * pageSizes.ListDevices, collect: 20 * pageSizes.DescribeMultiDevices, delete: 20 },
};

export function limitsOfApi(apiVersion: TencentApiVersion = '3.0'): CloudLimits {
  return apiVersion === '2.0' ? legacyLimits : tencentLimits;
}
