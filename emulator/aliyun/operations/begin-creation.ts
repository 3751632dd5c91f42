import { faultOf } from '../../faults';
import type { Application } from '../application';
import { chosenDevices } from '../chosen-devices';
import type { OperationCall } from './operation';

/** Lets the platform create the application's devices, under the faults that struck the call. */
export function beginCreation({ platform, now, faults, requestId }: OperationCall, application: Application): void {
  const fault = faultOf(faults, 'failCreate');
  const doomed = fault
    ? chosenDevices(fault, application.devices, 'The device could not be created.')
    : new Map<string, string>();
  const stuck = faults.some((one) => one.kind === 'stuckJob' && one.phase === 'CREATE');
  platform.applications.register(application, doomed, now, stuck, requestId);
}
