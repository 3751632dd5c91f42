import { isRunning } from '../application';
import { BusinessError } from '../errors';
import { Long } from '../long';
import { applicationOfProduct } from './apply-id';
import { beginCreation, requireRoom } from './begin-creation';
import { productOf } from './named';
import type { Operation } from './operation';

/** help.aliyun.com 69514. Success means that the creation has begun, no more. */
export const batchRegisterDeviceWithApplyId: Operation = {
  name: 'BatchRegisterDeviceWithApplyId',
  callsPerSecond: 500,
  execute(call) {
    const { assumptions } = call;
    const application = applicationOfProduct(call);
    switch (application.status) {
      case 'CHECK':
        throw new BusinessError(assumptions.registerWhileChecking, 'The names are being checked.');
      case 'CHECK_FAILED':
        throw new BusinessError(assumptions.registerAfterFailedCheck, 'The check of the names has failed.');
      case 'CREATE':
      case 'CREATE_SUCCESS':
      case 'CREATE_FAILED':
        if (assumptions.repeatedRegister === 'refuse') {
          throw isRunning(application)
            ? new BusinessError('iot.device.CreateDeviceTaskIsRunning', 'The devices are being created.')
            : new BusinessError('iot.device.IncorrentDeviceApplyInfo', 'The application was registered already.');
        }
        break;
      case 'CHECK_SUCCESS':
        requireRoom(call, productOf(call), application.devices.length);
        beginCreation(call, application);
    }
    return { Data: { ApplyId: new Long(application.applyId) } };
  },
};
