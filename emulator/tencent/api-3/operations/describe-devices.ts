import type { TencentAssumptions } from '../../assumptions';
import type { TencentDevice } from '../../device';
import type { Operation } from '../../operation';
import { type Parameters, within } from '../../parameters';
import { deviceInfo } from './device-info';
import { productOf } from './named';

/** No device here has a firmware, and all are enabled. The rate is that of the page of 2021-04-08. */
export const describeDevices: Operation = {
  name: 'DescribeDevices',
  callsPerSecond: 20,
  parameters: ['ProductId', 'Offset', 'Limit', 'FirmwareVersion', 'DeviceName', 'EnableState'],
  execute(call) {
    const { parameters, assumptions } = call;
    const product = productOf(call);
    const offset = within('Offset', parameters.requiredInteger('Offset'), 0, Infinity);
    const limit = within('Limit', parameters.requiredInteger('Limit'), 10, 250);
    const filter = filterOf(parameters, assumptions);
    const devices = filter ? product.list(assumptions).filter(filter) : product.list(assumptions);
    return {
      TotalCount: devices.length,
      Devices: devices.slice(offset, offset + limit).map((device) => deviceInfo(device, assumptions)),
    };
  },
};

/** Undefined where all devices are asked for. */
function filterOf(
  parameters: Parameters,
  { deviceNameFilter }: Readonly<TencentAssumptions>,
): ((device: TencentDevice) => boolean) | undefined {
  const name = parameters.text('DeviceName');
  const firmware = parameters.text('FirmwareVersion');
  const excluded = parameters.integer('EnableState') === 0 || (firmware && firmware !== 'None-FirmwareVersion');
  if (excluded) return () => false;
  if (!name) return undefined;
  return ({ deviceName }) => (deviceNameFilter === 'exact' ? deviceName === name : deviceName.includes(name));
}
