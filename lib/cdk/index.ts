export * from './device-batch';
export * from './device-batch-provider';
export * from './device-cloud';
export * from './device-credentials';
export { DeviceFileFormat, type DeviceFileProps } from './device-file';
export * from './devices';
export * from './on-existing';
export * from './on-partial-failure';
