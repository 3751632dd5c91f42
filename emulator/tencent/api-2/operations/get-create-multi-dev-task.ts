import { type Operation, siblingRate } from '../../operation';
import { shownStatus } from '../../task-status';

/** Whether it wants productID as well is unknown; where it is given, it must be the task's. */
export const getCreateMultiDevTask: Operation = {
  name: 'GetCreateMultiDevTask',
  callsPerSecond: siblingRate,
  parameters: ['taskID', 'productID'],
  execute(call) {
    const { parameters, hub, now } = call;
    const task = hub.tasks.find(parameters.requiredText('taskID'), parameters.text('productID'), now);
    return { taskID: task.taskId, taskStatus: shownStatus(call, task) };
  },
};
