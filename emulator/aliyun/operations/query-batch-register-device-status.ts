import { faultOf } from '../../faults';
import type { Application } from '../application';
import { applicationOfProduct } from './apply-id';
import type { Operation } from './operation';

/** help.aliyun.com 69483. */
export const queryBatchRegisterDeviceStatus: Operation = {
  name: 'QueryBatchRegisterDeviceStatus',
  callsPerSecond: 30,
  execute(call) {
    const application = applicationOfProduct(call);
    const failed = application.status === 'CHECK_FAILED' || application.status === 'CREATE_FAILED';
    return {
      Data: {
        Status: faultOf(call.faults, 'status')?.status ?? application.status,
        // 69483: the lists are empty in the two *_SUCCESS states. In CHECK and CREATE nothing is specified.
        ValidList: { Name: failed ? validNames(application) : [] },
        InvalidList: { Name: failed ? [...application.failures.keys()] : [] },
        // Lower-case i inside, unlike in BatchCheckDeviceNames (69483).
        InvalidDetailList: { invalidDetailList: failed ? details(application) : [] },
      },
    };
  },
};

function validNames({ devices, failures }: Application): string[] {
  return devices.map(({ deviceName }) => deviceName).filter((name) => !failures.has(name));
}

function details({ devices, failures }: Application) {
  const nicknames = new Map(devices.map(({ deviceName, nickname }) => [deviceName, nickname]));
  return [...failures].map(([deviceName, reason]) => ({
    DeviceName: deviceName,
    NickName: nicknames.get(deviceName) ?? '',
    ErrorMsg: reason,
  }));
}
