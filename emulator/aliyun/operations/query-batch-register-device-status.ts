import { faultOf } from '../../faults';
import { type Application, isRunning } from '../application';
import { applicationOfProduct } from './apply-id';
import type { Operation } from './operation';

/** help.aliyun.com 69483. */
export const queryBatchRegisterDeviceStatus: Operation = {
  name: 'QueryBatchRegisterDeviceStatus',
  callsPerSecond: 30,
  execute(call) {
    const application = applicationOfProduct(call);
    const { listsWhileRunning } = call.assumptions;
    const silent = isRunning(application) && listsWhileRunning === 'absent';
    return {
      Data: {
        Status: faultOf(call.faults, 'status')?.status ?? application.status,
        ...(silent ? {} : listsOf(application, listsWhileRunning === 'partial')),
      },
    };
  },
};

/** 69483: the lists are empty in the two *_SUCCESS states. In CHECK and CREATE nothing is specified. */
function listsOf(application: Application, partial: boolean) {
  const { status, failures } = application;
  const told = status === 'CHECK_FAILED' || status === 'CREATE_FAILED' || (status === 'CREATE' && partial);
  return {
    ValidList: { Name: told ? validNames(application) : [] },
    InvalidList: { Name: told ? [...failures.keys()] : [] },
    // Lower-case i inside, unlike in BatchCheckDeviceNames (69483).
    InvalidDetailList: { invalidDetailList: told ? details(application) : [] },
  };
}

/** Of a check those that passed it, of a creation those that exist so far. */
function validNames({ status, devices, failures, tried }: Application): string[] {
  const settled = status === 'CREATE' ? devices.slice(0, tried) : devices;
  return settled.map(({ deviceName }) => deviceName).filter((name) => !failures.has(name));
}

function details({ devices, failures }: Application) {
  const nicknames = new Map(devices.map(({ deviceName, nickname }) => [deviceName, nickname]));
  return [...failures].map(([deviceName, reason]) => ({
    DeviceName: deviceName,
    NickName: nicknames.get(deviceName) ?? '',
    ErrorMsg: reason,
  }));
}
