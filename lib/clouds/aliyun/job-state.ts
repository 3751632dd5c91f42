import type { z } from 'zod';
import type { DeviceFailure, JobState } from '../../batch/ports/cloud';
import type { QueryBatchRegisterDeviceStatus } from './operations';

type Status = z.output<(typeof QueryBatchRegisterDeviceStatus)['answer']>['Data'];

/**
 * What an application's status means for the job of `names`. The lists are filled in the two `_FAILED` states only
 * (help.aliyun.com 69483).
 */
export function jobState(status: Status, names: readonly string[]): JobState {
  switch (status.Status) {
    case 'CHECK':
      return { state: 'checking' };
    case 'CHECK_SUCCESS':
      return { state: 'checked' };
    case 'CHECK_FAILED':
      return { state: 'rejected', failures: failuresOf(status, names), passed: status.ValidList };
    case 'CREATE':
      return { state: 'running' };
    case 'CREATE_SUCCESS':
      return { state: 'settled', failures: [] };
    case 'CREATE_FAILED':
      return { state: 'settled', created: status.ValidList, failures: failuresOf(status, names) };
    default:
      return { state: 'unknown', raw: status.Status };
  }
}

/**
 * Each name that failed, with its reason if there is one. A name in neither list was not created either; but where a
 * check names its culprits, the rest is not to blame.
 */
function failuresOf(status: Status, names: readonly string[]): DeviceFailure[] {
  const reasons = new Map<string, string | undefined>();
  for (const name of status.InvalidList) reasons.set(name, undefined);
  for (const { name, reason } of status.InvalidDetailList) reasons.set(name, reason);
  if (status.Status === 'CREATE_FAILED' || reasons.size === 0) {
    const fine = new Set(status.ValidList);
    for (const name of names) if (!fine.has(name) && !reasons.has(name)) reasons.set(name, undefined);
  }
  return [...reasons].map(([name, reason]) => ({ name, reason: reason ?? 'the cloud gave no reason' }));
}
