import type { Application } from '../application';
import type { AliyunAssumptions } from '../assumptions';
import type { Device } from '../device';
import { BusinessError } from '../errors';

/** The devices that an application's pages list, in the order of its names. */
export function createdDevices(
  { status, created }: Application,
  { pageBeforeEnd, pageAfterDeletion }: Readonly<AliyunAssumptions>,
): Device[] {
  const ended = status === 'CREATE_SUCCESS' || status === 'CREATE_FAILED';
  if (!ended && pageBeforeEnd === 'refuse') {
    throw new BusinessError('iot.device.CreateDeviceTaskIsRunning', 'The devices have not been created yet.');
  }
  if (!ended && pageBeforeEnd === 'empty') return [];
  return pageAfterDeletion === 'asCreated' ? created : created.filter((device) => !device.deleted);
}
