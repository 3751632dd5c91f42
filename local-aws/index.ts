/** An AWS on this machine, and the CDK CLI pointed at it: what the demo and the end-to-end tests deploy to. */
export { startLocalAws, type LocalAwsOptions } from './start';
export { awsOfEnvironment } from './given';
export type { Aws, LocalAws } from './aws';
export { cdk, deploy, destroy, CdkFailed, type CdkOptions } from './cdk';
export { MissingPrerequisite } from './python';
export { run } from './run';
export type { RunResult } from './run';
