import { taskNotFinished } from '../../errors';
import { type Operation, type OperationCall, siblingRate } from '../../operation';
import { listed, resultsOf } from '../../task-page';
import type { TaskResult, TencentTask } from '../../task';
import { pageOf } from './page';

/** The one place where the private keys of a batch can be read, as long as its task lives. */
export const getMultiDevices: Operation = {
  name: 'GetMultiDevices',
  callsPerSecond: siblingRate,
  parameters: ['productID', 'taskID', 'pageNum', 'pageSize'],
  execute(call) {
    const { parameters, hub, assumptions, now } = call;
    const optional = assumptions.legacyProductOfTask === 'optional';
    const productId = optional ? parameters.text('productID') : parameters.requiredText('productID');
    const task = hub.tasks.find(parameters.requiredText('taskID'), productId, now);
    const { from, to } = pageOf(parameters, assumptions.limitOfTaskPage);
    const results = resultsSoFar(call, task);
    return {
      taskID: task.taskId,
      // "How many devices the task is to create."
      totalDevNum: task.status === 2 ? results.length : task.names.length,
      listCreateDeviceInfo: listed(results.slice(from, to), assumptions),
    };
  },
};

function resultsSoFar({ assumptions }: OperationCall, task: TencentTask): TaskResult[] {
  if (task.status !== 2 && assumptions.legacyPageBeforeEnd === 'refuse') throw taskNotFinished();
  if (task.status !== 2 && assumptions.legacyPageBeforeEnd === 'empty') return [];
  return resultsOf(task, assumptions);
}
