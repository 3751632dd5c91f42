import { chosenDevices } from '../chosen-devices';
import { faultOf } from '../faults';
import { invalidValue, Refusal } from './errors';
import { isDeviceName, namesPerCall } from './names';
import type { OperationCall } from './operation';
import type { TencentTask } from './task';
import type { TaskTroubles } from './tasks';

/** What CreateMultiDevice does in both APIs. Nothing identifies the call: sent again, it opens another task. */
export function createTask(call: OperationCall, productId: string, asked: readonly string[]): TencentTask {
  const { hub, assumptions, now, requestId } = call;
  const product = hub.existingProduct(productId);
  if (asked.length === 0) {
    throw new Refusal(assumptions.missingParameter, 'The request is missing a required parameter: DeviceNames.');
  }
  if (asked.length > namesPerCall) throw invalidValue(`More than ${namesPerCall} device names.`);
  const malformed = asked.find((name) => !isDeviceName(name));
  if (malformed !== undefined && assumptions.malformedNames === 'refused') {
    throw invalidValue(`The device name ${malformed} is invalid.`);
  }
  const names = assumptions.repeatedNames === 'merged' ? [...new Set(asked)] : asked;
  if (assumptions.repeatedNames === 'refused' && new Set(names).size < names.length) {
    throw invalidValue('A device name is repeated.');
  }
  return hub.tasks.open(product, names, now, requestId, troublesOf(call, names));
}

function troublesOf({ faults }: OperationCall, names: readonly string[]): TaskTroubles {
  const fault = faultOf(faults, 'failCreate');
  const devices = names.map((deviceName) => ({ deviceName }));
  const doomed = fault
    ? [...chosenDevices(fault, devices, '').keys()].map((deviceName): [string, { result: number; reason?: string }] => [
        deviceName,
        { result: fault.result ?? 2100, reason: fault.reason },
      ])
    : [];
  const stuck = faultOf(faults, 'stuckJob');
  return { doomed: new Map(doomed), stuckIn: stuck && (stuck.phase === 'CHECK' ? 0 : 1) };
}
