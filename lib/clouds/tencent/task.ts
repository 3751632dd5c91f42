import type { DeviceFailure } from '../../batch/ports/cloud';
import { refuse } from './failure';
import type { TaskDevice } from './job-operations';
import type { ProductApi, TaskPage } from './product-api';

/** A task has as many devices as a page, but nobody has documented how long a page may be. */
export async function taskDevices(api: ProductApi, taskId: string): Promise<TaskDevice[]> {
  const all: TaskDevice[] = [];
  for (;;) {
    const { devices, total } = await api.taskPage(taskId, all.length);
    all.push(...devices);
    if (all.length >= total) return all;
  }
}

/**
 * @throws CloudError `IncompleteAnswer` if a page has fewer devices than it should: one that is not listed would count as not
 * created.
 */
export function requireWhole(operation: { name: string }, page: TaskPage, offset: number, size: number): TaskPage {
  const { devices, total } = page;
  if (devices.length >= Math.min(size, total - offset)) return page;
  const text = `the answer lists ${devices.length} devices from ${offset} on, of ${total} in all`;
  throw refuse(operation, 'IncompleteAnswer', text);
}

export const wasCreated = ({ Result }: TaskDevice): boolean => Result === '0';

/** Why a device of a task was not created. Unknown results are shown as they are. */
export function failureOf({ DeviceName: name, Result: code, ErrMsg }: TaskDevice): DeviceFailure {
  return { name, code, reason: ErrMsg ?? reasons[code] ?? `the cloud says Result ${code} and gives no reason` };
}

/** The module's codes (the vendor's page of GetMultiDevices). */
const reasons: Readonly<Record<string, string>> = {
  '2000': 'the product has too many devices',
  '2001': 'the device name exists already',
  '2100': 'internal error of the cloud',
  '2101': 'invalid device name',
};

/** A created device's secrets, under the vendor's names. */
export function secretsOf({ DevicePsk, DeviceCert, DevicePrivateKey }: TaskDevice): Record<string, string> {
  const all = Object.entries({ DevicePsk, DeviceCert, DevicePrivateKey });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
