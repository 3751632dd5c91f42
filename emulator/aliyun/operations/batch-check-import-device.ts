import { noneNamed } from '../errors';
import { importList, inspectImport } from './import-list';
import { requireImport } from './import-permission';
import { productForDevices } from './named';
import type { Operation } from './operation';

/** api-batchcheckimportdevice. A call that finds faults has succeeded; its lists are bare, unlike those of the import. */
export const batchCheckImportDevice: Operation = {
  name: 'BatchCheckImportDevice',
  callsPerSecond: 100,
  execute(call) {
    const product = productForDevices(call);
    requireImport(product, call.assumptions);
    const devices = importList(call.parameters, product);
    if (devices.length === 0) throw noneNamed();
    const found = inspectImport(devices, product, call.assumptions);
    return {
      Data: {
        InvalidDeviceNameList: found.invalidNames,
        InvalidDeviceSecretList: found.invalidSecrets,
        InvalidSnList: found.invalidSns,
        RepeatedDeviceNameList: found.repeatedNames,
      },
    };
  },
};
