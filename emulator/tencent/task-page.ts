import type { TencentAssumptions } from './assumptions';
import { certificateOf, pskOf } from './device';
import { reasonOf, type TaskResult, type TencentTask } from './task';

/** One device of a task, under the names of API 2.0; those of API 3.0 begin with a capital. */
export interface ListedResult {
  deviceName: string;
  devicePsk?: string | null;
  deviceCert?: string | null;
  devicePrivateKey?: string | null;
  result: number;
  errMsg?: string | null;
}

/** What a task has done so far, in the order in which its pages list it. */
export function resultsOf(task: TencentTask, assumptions: Readonly<TencentAssumptions>): TaskResult[] {
  const results = task.results.filter(
    ({ device }) => assumptions.deletedDevicesOfTask === 'listed' || device?.deleted !== true,
  );
  switch (assumptions.orderOfTaskPage) {
    case 'asAsked':
      return results;
    case 'byName':
      return results.sort((one, other) => (one.deviceName < other.deviceName ? -1 : 1));
    case 'backwards':
      return results.reverse();
  }
}

/** A page's items. Whoever reads a private key has read it (`CertState`). */
export function listed(results: readonly TaskResult[], assumptions: Readonly<TencentAssumptions>): ListedResult[] {
  return results.map((result) => {
    if (result.device && result.privateKey !== undefined) result.device.keyRead = true;
    return listedResult(result, assumptions);
  });
}

function listedResult(result: TaskResult, assumptions: Readonly<TencentAssumptions>): ListedResult {
  const { device, privateKey, deviceName } = result;
  const told = assumptions.textsOfFailures === 'present' || result.reason !== undefined;
  const values = {
    devicePsk: device && pskOf(device),
    deviceCert: device && certificateOf(device),
    devicePrivateKey: privateKey,
    errMsg: result.result !== 0 && told ? reasonOf(result) : '',
  };
  return { deviceName, ...withUnused(values, assumptions), result: result.result };
}

function withUnused<Fields extends Record<string, string | undefined>>(
  fields: Fields,
  { unusedFields }: Readonly<TencentAssumptions>,
): { [name in keyof Fields]?: string | null } {
  const used = Object.entries(fields).flatMap(([name, value]): [string, string | null][] => {
    if (value) return [[name, value]];
    return unusedFields === 'absent' ? [] : [[name, unusedFields === 'empty' ? '' : null]];
  });
  return Object.fromEntries(used) as { [name in keyof Fields]?: string | null };
}
