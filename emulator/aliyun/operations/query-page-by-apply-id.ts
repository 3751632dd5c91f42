import type { Application } from '../application';
import type { Device } from '../device';
import { BusinessError } from '../errors';
import { applicationOf } from './apply-id';
import { pageFields, pageOf, slice } from './page';
import type { Operation, OperationCall } from './operation';

/** help.aliyun.com 69518. Takes no ProductKey, and its payload has no `Data` around it. */
export const queryPageByApplyId: Operation = {
  name: 'QueryPageByApplyId',
  callsPerSecond: 50,
  execute(call) {
    const application = applicationOf(call);
    call.platform.product(application.productKey, call.parameters.text('IotInstanceId'));
    const request = pageOf(call.parameters);
    const devices = listed(application, call);
    return {
      ApplyDeviceList: {
        ApplyDeviceInfo: slice(devices, request).map((device) => ({
          DeviceId: device.deviceId,
          DeviceName: device.deviceName,
          DeviceSecret: device.deviceSecret,
          IotId: device.iotId,
        })),
      },
      ...pageFields(request, devices.length),
    };
  },
};

function listed(application: Application, { assumptions }: OperationCall): Device[] {
  const ended = application.status === 'CREATE_SUCCESS' || application.status === 'CREATE_FAILED';
  if (!ended && assumptions.pageBeforeEnd === 'refuse') {
    throw new BusinessError('iot.device.CreateDeviceTaskIsRunning', 'The devices have not been created yet.');
  }
  if (!ended && assumptions.pageBeforeEnd === 'empty') return [];
  return assumptions.pageAfterDeletion === 'asCreated'
    ? application.created
    : application.created.filter((device) => !device.deleted);
}
