import { type Operation, siblingRate } from '../../operation';
import { deviceOf, productOf } from './named';

/** By name only: whoever has the name now is deleted. */
export const deleteDevice: Operation = {
  name: 'DeleteDevice',
  callsPerSecond: siblingRate,
  parameters: ['ProductId', 'DeviceName', 'Skey'],
  execute(call) {
    call.hub.delete(deviceOf(call, productOf(call)), call.now, call.requestId);
    return {};
  },
};
