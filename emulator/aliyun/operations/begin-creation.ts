import { faultOf } from '../../faults';
import type { Application } from '../application';
import { chosenDevices } from '../../chosen-devices';
import { tooManyDevices } from '../errors';
import type { Product } from '../product';
import type { OperationCall } from './operation';

/** Refuses devices that the quotas do not allow, where that is assumed to be done at once. */
export function requireRoom({ platform, assumptions }: OperationCall, product: Product, count: number): void {
  const room = platform.products.roomForDevices(product);
  if (room < count && assumptions.deviceQuota !== 'whileCreating') {
    throw tooManyDevices(`There is room for ${Math.max(0, room)} more devices.`);
  }
}

/** Lets the platform create the application's devices, under the faults that struck the call. */
export function beginCreation({ platform, now, faults, requestId }: OperationCall, application: Application): void {
  const fault = faultOf(faults, 'failCreate');
  const doomed = fault
    ? chosenDevices(fault, application.devices, 'The device could not be created.')
    : new Map<string, string>();
  const stuck = faults.some((one) => one.kind === 'stuckJob' && one.phase === 'CREATE');
  platform.applications.register(application, doomed, now, stuck, requestId);
}
