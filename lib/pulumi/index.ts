export { DeviceBatch } from './device-batch';
export type { AliyunCloudArgs, CloudArgs, DeviceBatchArgs, DevicesArgs, TencentCloudArgs } from './device-batch-args';
