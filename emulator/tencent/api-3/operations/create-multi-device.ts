import { createTask } from '../../create-task';
import { type Operation, siblingRate } from '../../operation';

/** Version 2018-06-14 only. */
export const createMultiDevice: Operation = {
  name: 'CreateMultiDevice',
  callsPerSecond: siblingRate,
  parameters: ['ProductId', 'DeviceNames'],
  execute(call) {
    const { parameters } = call;
    const { taskId } = createTask(call, parameters.requiredText('ProductId'), parameters.texts('DeviceNames'));
    return { TaskId: taskId };
  },
};
