import type { EmulatorOptions } from '../emulator';
import { aliyunLimits } from '../lib/clouds/aliyun/limits';
import { UNDOCUMENTED_RATE } from '../lib/clouds/http/rate-limiter';
import { tencentLimits } from '../lib/clouds/tencent/limits';
import type { Cost } from '../test/support/life-of-a-batch';
import { aliyun, certificates, preSharedKeys, type TestedCloud } from '../test/support/tested-clouds';

/** A cloud on which large batches are measured. */
export interface SizedCloud {
  title: string;
  /** Where requests and seconds are counted. Its jobs take no time, because the bound has none for them. */
  counted: TestedCloud;
  durations: EmulatorOptions;
  /** Where memory is measured: the devices with the largest secrets. */
  weighed: TestedCloud;
  /** How many times as fast time passes for the handler process, its cloud and its store. */
  speed: number;
  steps(devices: number, created: Cost, deleted: Cost): Step[];
  /** What else a reader has to know. */
  note?: string;
}

/** A part of a batch's life, beside the least that the rates allow for it in seconds. */
export interface Step {
  name: string;
  took: number;
  bound: number;
}

/** By what `--cloud` says. */
export const sizedClouds: Record<string, SizedCloud> = {
  aliyun: {
    title: 'Alibaba Cloud',
    counted: aliyun,
    durations: { aliyun: { durations: { checkMs: 0, checkPerDeviceMs: 0, createMs: 0, createPerDeviceMs: 0 } } },
    weighed: aliyun,
    speed: 20,
    steps: (devices, created, deleted) => {
      const { lookUp, collect, delete: deletion } = aliyunLimits.throughput;
      return [
        step('look-up', devices / lookUp, created, 'BatchQueryDeviceDetail'),
        step('pages', devices / collect, created, 'QueryPageByApplyId'),
        step('deletion', devices / deletion, deleted, 'DeleteDevice'),
      ];
    },
  },
  tencent: {
    title: 'Tencent Cloud',
    counted: preSharedKeys,
    durations: {
      tencent: { product: { encryption: 'psk' }, durations: { startMs: 0, createMs: 0, createPerDeviceMs: 0 } },
    },
    weighed: certificates,
    // The emulator makes a certificate for each device.
    speed: 5,
    note: `No page names a rate of tasks and their states: theirs is the ${UNDOCUMENTED_RATE} a second that we assume.`,
    steps: (devices, created, deleted) => {
      const { lookUp, collect, delete: deletion } = tencentLimits.throughput;
      const tasks = devices / tencentLimits.namesPerJob / UNDOCUMENTED_RATE;
      return [
        // The product is listed, with as many devices of others.
        step('look-up', devices / lookUp, created, 'DescribeDevices'),
        step('tasks', tasks, created, 'CreateMultiDevice'),
        // A page says which devices of a task failed, and is read again for what is stored.
        step('states, pages', tasks + devices / collect, created, 'DescribeMultiDevTask', 'DescribeMultiDevices'),
        step('deletion', devices / deletion, deleted, 'DeleteDevice'),
      ];
    },
  },
};

/** From the first call of these operations to the last answer. */
function step(name: string, bound: number, { spans }: Cost, ...operations: string[]): Step {
  const all = operations.flatMap((operation) => spans[operation] ?? []);
  const took = Math.max(...all.map(({ to }) => to)) - Math.min(...all.map(({ from }) => from));
  return { name, took, bound };
}
