import { type Operation, siblingRate } from '../../operation';
import { shownStatus } from '../../task-status';
import { taskOf } from './named';

/** Version 2018-06-14 only. Finished does not mean that all devices were created. */
export const describeMultiDevTask: Operation = {
  name: 'DescribeMultiDevTask',
  callsPerSecond: siblingRate,
  parameters: ['TaskId', 'ProductId'],
  execute(call) {
    const task = taskOf(call);
    return { TaskId: task.taskId, TaskStatus: shownStatus(call, task) };
  },
};
