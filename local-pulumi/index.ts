/** The Pulumi CLI on this machine: what the demo and the end-to-end tests of the Pulumi resource run. */
export { installPulumi, type InstallOptions } from './install';
