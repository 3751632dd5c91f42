import type { DeviceFailure, JobState } from '../../batch/ports/cloud';
import type { ApplicationStatus } from './job-operations';

/**
 * What an application's status means for the job of `names`. The lists are filled in the two `_FAILED` states only
 * (help.aliyun.com 69483).
 */
export function jobState(status: ApplicationStatus, names: readonly string[]): JobState {
  switch (status.Status) {
    case 'CHECK':
      return { state: 'checking' };
    case 'CHECK_SUCCESS':
      return { state: 'checked' };
    case 'CHECK_FAILED':
      return { state: 'rejected', failures: refusedOf(status, names), passed: status.ValidList };
    case 'CREATE':
      return { state: 'running' };
    case 'CREATE_SUCCESS':
      return { state: 'settled', failures: [] };
    case 'CREATE_FAILED':
      return { state: 'settled', created: status.ValidList, failures: failuresOf(status) };
    default:
      return { state: 'unknown', raw: status.Status };
  }
}

/** Each name that the cloud says has failed, with its reason if there is one. */
function failuresOf({ InvalidList, InvalidDetailList }: ApplicationStatus): DeviceFailure[] {
  const reasons = new Map<string, string | undefined>();
  for (const name of InvalidList) reasons.set(name, undefined);
  for (const { name, reason } of InvalidDetailList) reasons.set(name, reason);
  return [...reasons].map(([name, reason]) => ({ name, reason: reason ?? NO_REASON }));
}

/** A failed check that names no culprit has refused every name that it does not list as good. */
function refusedOf(status: ApplicationStatus, names: readonly string[]): DeviceFailure[] {
  const failures = failuresOf(status);
  if (failures.length > 0) return failures;
  const passed = new Set(status.ValidList);
  return names.filter((name) => !passed.has(name)).map((name) => ({ name, reason: NO_REASON }));
}

const NO_REASON = 'the cloud gave no reason';
