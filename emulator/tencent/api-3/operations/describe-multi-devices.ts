import { taskNotFinished } from '../../errors';
import type { Operation } from '../../operation';
import { within } from '../../parameters';
import { type ListedResult, listed, resultsOf } from '../../task-page';
import { taskOf } from './named';

/** Version 2018-06-14 only. The one place where the private keys of a batch can be read, as long as its task lives. */
export const describeMultiDevices: Operation = {
  name: 'DescribeMultiDevices',
  callsPerSecond: 100,
  parameters: ['ProductId', 'TaskId', 'Offset', 'Limit'],
  execute(call) {
    const { parameters, assumptions } = call;
    const task = taskOf(call);
    const { least, most } = assumptions.limitOfTaskPage;
    const offset = within('Offset', parameters.requiredInteger('Offset'), 0, Infinity);
    const limit = within('Limit', parameters.requiredInteger('Limit'), least, most);
    if (task.status !== 2) throw taskNotFinished();
    const results = resultsOf(task, assumptions);
    return {
      TaskId: task.taskId,
      DevicesInfo: listed(results.slice(offset, offset + limit), assumptions).map(capitalized),
      TotalDevNum: results.length,
    };
  },
};

function capitalized(fields: ListedResult): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value as unknown]),
  );
}
