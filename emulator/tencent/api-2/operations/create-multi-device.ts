import { createTask } from '../../create-task';
import { type Operation, siblingRate } from '../../operation';

export const createMultiDevice: Operation = {
  name: 'CreateMultiDevice',
  callsPerSecond: siblingRate,
  parameters: ['productID', 'listDeviceName'],
  execute(call) {
    const { parameters } = call;
    const { taskId } = createTask(call, parameters.requiredText('productID'), parameters.texts('listDeviceName'));
    return { taskID: taskId };
  },
};
