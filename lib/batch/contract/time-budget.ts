import { BatchError } from '../errors';
import type { CloudLimits } from './limits';

/** CloudFormation ends a custom resource after an hour; five minutes of it are kept for the answer itself. */
export const MAX_TIMEOUT_SECONDS = 55 * 60;

/** How long an operation may take at most, and why. */
export interface LongestOperation {
  seconds: number;
  reason: string;
}

const cloudFormation: LongestOperation = {
  seconds: MAX_TIMEOUT_SECONDS,
  reason: 'CloudFormation waits an hour at most',
};

/** The part of a documented rate that one process uses, so that people and other tools can still work. */
export const RATE_USE = 0.8;

/**
 * What the cloud takes to create a batch, beside our own calls. Alibaba says "some minutes" (help.aliyun.com 69514);
 * the figure is an assumption that only shapes the default time-out.
 */
const REGISTRATION_SECONDS = 300;

/**
 * The part of an operation's time in which calls are made. The rest goes by between invocations, 5 s after each 240 s, and with
 * reading the record at the start of each.
 */
const WORKING_PART = 0.96;

/** Seconds that looking up, collecting and storing take at most at `RATE_USE` of the documented rates. */
export function raiseSeconds({ throughput }: CloudLimits, devices: number): number {
  return seconds(devices / throughput.lookUp + devices / throughput.collect);
}

/**
 * Seconds that deleting takes at `RATE_USE` of the documented rates. Each device is looked at before the first is deleted, for
 * whether it has ever connected; that it is looked at again before its own turn takes no time of its own.
 */
export function dropSeconds({ throughput }: CloudLimits, devices: number): number {
  return seconds(devices / throughput.lookUp + devices / throughput.delete);
}

function seconds(atDocumentedRates: number): number {
  return atDocumentedRates / RATE_USE / WORKING_PART;
}

/** Time enough to create the batch and to take it back again; never below a quarter of an hour. */
export function defaultTimeoutSeconds(limits: CloudLimits, devices: number, longest = cloudFormation): number {
  const needed = 2 * REGISTRATION_SECONDS + 2 * raiseSeconds(limits, devices) + dropSeconds(limits, devices);
  return Math.min(longest.seconds, Math.max(15 * 60, Math.ceil(needed / 60) * 60));
}

/** The most devices that can be deleted within one operation. */
export function maxDeletableDevices(limits: CloudLimits, longest = cloudFormation): number {
  return Math.min(limits.mostDevices ?? Infinity, Math.floor(longest.seconds / dropSeconds(limits, 1)));
}

/**
 * @throws BatchError `TooManyDevices` if the devices could not be deleted again in time, `InvalidTimeout` if the
 * time-out is out of range or too small for the count.
 */
export function validateTimeout(
  limits: CloudLimits,
  devices: number,
  timeoutSeconds: number,
  longest = cloudFormation,
): void {
  const most = maxDeletableDevices(limits, longest);
  if (devices > most) {
    throw new BatchError(
      'TooManyDevices',
      `${devices} devices could not be deleted again within ${longest.seconds / 60} minutes ` +
        `(${limits.title} deletes ${limits.throughput.delete} a second): split them over stacks of at most ${most}`,
    );
  }
  const least = Math.ceil(60 + raiseSeconds(limits, devices));
  if (!Number.isFinite(timeoutSeconds) || timeoutSeconds < least || timeoutSeconds > longest.seconds) {
    throw new BatchError(
      'InvalidTimeout',
      `a time-out of ${timeoutSeconds} s does not fit ${devices} devices: it must be from ${least} s ` +
        `to ${longest.seconds} s (${longest.reason})`,
    );
  }
}
