import { BusinessError, noneNamed } from '../errors';
import { Long } from '../long';
import { beginCreation, requireRoom } from './begin-creation';
import { importList, type ImportFindings, inspectImport, isFaultless } from './import-list';
import { requireImport } from './import-permission';
import { productForDevices } from './named';
import type { Operation } from './operation';

/** api-batchimportdevice. Devices whose secrets their owner has made; refused as a whole where anything is wrong. */
export const batchImportDevice: Operation = {
  name: 'BatchImportDevice',
  callsPerSecond: 10,
  execute(call) {
    const { parameters, platform, assumptions, now } = call;
    const product = productForDevices(call);
    requireImport(product, assumptions);
    const devices = importList(parameters, product);
    if (devices.length === 0) throw noneNamed();
    const findings = inspectImport(devices, product, assumptions);
    if (!isFaultless(findings)) throw refusal(findings);
    requireRoom(call, product, devices.length);
    const application = platform.applications.open(product, devices, now);
    application.imported = true;
    beginCreation(call, application);
    return { Data: { ApplyId: new Long(application.applyId) } };
  },
};

/** The code is that of the first list which is not empty. Lower case inside, unlike in BatchCheckDeviceNames. */
function refusal(found: ImportFindings): BusinessError {
  const code =
    found.invalidNames.length > 0
      ? 'iot.device.InvalidFormattedDeviceName'
      : found.repeatedNames.length > 0
        ? 'iot.device.AlreadyExistedDeviceName'
        : 'iot.common.InvalidFormattedParameter';
  return new BusinessError(code, 'Some devices are not accepted.', {
    Data: {
      InvalidDeviceNameList: { invalidDeviceName: found.invalidNames },
      InvalidDeviceSecretList: { invalidDeviceSecret: found.invalidSecrets },
      InvalidSnList: { invalidSn: found.invalidSns },
      RepeatedDeviceNameList: { repeatedDeviceName: found.repeatedNames },
    },
  });
}
