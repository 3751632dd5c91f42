import type { CloudError, DeviceFailure } from '../../batch/ports/cloud';
import { cloudError, refuse } from './failure';
import { DescribeMultiDevices, type TaskDevice } from './job-operations';
import type { ProductApi, TaskPage } from './product-api';

/**
 * The devices of a finished task, in whatever order its pages have them. No task of ours has more than one page, but others may.
 *
 * @throws CloudError `IncompleteAnswer` if a page repeats one: then another is on none, and would count as not created.
 */
export async function taskDevices(api: ProductApi, taskId: string): Promise<TaskDevice[]> {
  const all: TaskDevice[] = [];
  const told = new Set<string>();
  for (;;) {
    const { devices, total } = await api.taskPage(taskId, all.length);
    const again = devices.find(({ DeviceName }) => told.has(DeviceName));
    if (again) throw repeated(again.DeviceName);
    for (const { DeviceName } of devices) told.add(DeviceName);
    all.push(...devices);
    if (all.length >= total) return all;
  }
}

/** Asked again, the pages may fit together. */
function repeated(name: string): CloudError {
  const text = `two pages of the task list ${name}: their order has changed meanwhile`;
  return cloudError(
    { name: DescribeMultiDevices.name, repeatable: true },
    { code: 'IncompleteAnswer', text, meaning: 'uncertain' },
  );
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

/** Why a device of a task was not created. The result is always shown: nobody has documented them all. */
export function failureOf({ DeviceName: name, Result: code, ErrMsg }: TaskDevice): DeviceFailure {
  return { name, code, reason: `${ErrMsg ?? reasons[code] ?? 'the cloud gave no reason'}, Result ${code}` };
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

/**
 * What the page should tell of a created device's secrets, and does not: private keys are cached by the cloud (GetMultiDevices), and a
 * certificate without its key is of no use to anybody.
 */
export function lackOf({ DevicePsk, DeviceCert, DevicePrivateKey }: TaskDevice): { lacks?: string } {
  if (DeviceCert !== undefined) return DevicePrivateKey === undefined ? { lacks: 'DevicePrivateKey' } : {};
  return DevicePsk === undefined ? { lacks: 'DevicePsk or DeviceCert' } : {};
}
