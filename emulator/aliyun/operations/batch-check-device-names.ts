import { type Fault, faultOf } from '../../faults';
import { BusinessError, noneNamed } from '../errors';
import { Long } from '../long';
import { chosenDevices } from '../../chosen-devices';
import { inspectNames, type NameFindings, type RequestedDevice } from '../names';
import type { Parameters } from '../parameters';
import { namesPerCall } from '../product';
import { requireRoom } from './begin-creation';
import { productForDevices } from './named';
import type { Operation } from './operation';

/** help.aliyun.com 69482. Creates nothing; the authoritative result is that of the status query. */
export const batchCheckDeviceNames: Operation = {
  name: 'BatchCheckDeviceNames',
  callsPerSecond: 10,
  execute(call) {
    const { parameters, platform, assumptions, now, faults } = call;
    const product = productForDevices(call);
    // Names beyond the limit are dropped without a word (69482).
    const devices = requestedDevices(parameters).slice(0, namesPerCall(product));
    if (devices.length === 0) throw noneNamed();
    if (assumptions.deviceQuota === 'atCheck') requireRoom(call, product, devices.length);
    const findings = inspectNames(devices, assumptions);
    const lists = findings.reasons.size > 0 ? listsOf(findings, devices) : {};
    if (findings.reasons.size > 0 && assumptions.malformedNames === 'refused') {
      throw new BusinessError('iot.device.InvalidFormattedDeviceName', 'Some device names are not accepted.', {
        Data: lists,
      });
    }
    const distinct = [...new Map(devices.map((device) => [device.deviceName, device])).values()];
    const failures = new Map([...findings.reasons, ...failedBy(faults, distinct)]);
    const stuck = faults.some((fault) => fault.kind === 'stuckJob' && fault.phase === 'CHECK');
    const { applyId } = platform.applications.check(product, distinct, failures, now, stuck);
    return { Data: { ApplyId: new Long(applyId), ...lists } };
  },
};

/** 69482: where both lists are given, DeviceNameList counts; a nickname needs its name. */
function requestedDevices(parameters: Parameters): RequestedDevice[] {
  const objects = parameters.objects('DeviceNameList');
  if (objects.length === 0) return parameters.list('DeviceName').map((deviceName) => ({ deviceName }));
  return objects.map(({ DeviceName: deviceName, DeviceNickname: nickname }) => {
    if (!deviceName) throw new BusinessError('iot.device.NullDeviceName', 'A device name is missing.');
    return { deviceName, nickname };
  });
}

function failedBy(faults: readonly Fault[], devices: readonly RequestedDevice[]): Map<string, string> {
  const fault = faultOf(faults, 'failCheck');
  return fault ? chosenDevices(fault, devices, 'The device name is not accepted.') : new Map<string, string>();
}

/** The vendor's wrappers, with its spelling: RepeatDevieNameList inside RepeatedDeviceNameList. */
function listsOf(findings: NameFindings, devices: readonly RequestedDevice[]): Record<string, unknown> {
  const nicknames = new Map(devices.map(({ deviceName, nickname }) => [deviceName, nickname]));
  return {
    InvalidDeviceNameList: { InvalidDeviceName: findings.invalidNames },
    InvalidDeviceNicknameList: { InvalidDeviceNickname: findings.invalidNicknames },
    RepeatedDeviceNameList: { RepeatDevieNameList: findings.repeatedNames },
    InvalidDetailList: {
      InvalidDetailList: [...findings.reasons].map(([deviceName, reason]) => ({
        DeviceName: deviceName,
        NickName: nicknames.get(deviceName) ?? '',
        ErrorMsg: reason,
      })),
    },
  };
}
