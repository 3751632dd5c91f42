import { listBatches } from '../batch/record/batch-record';
import { Attendance } from './attendance';
import { checkInputs, type Checked } from './check';
import type { StackConfig } from './cloud-keys';
import { diffBatch, type Difference } from './diff';
import { EngineStatus } from './engine-status';
import { guarded } from './guard';
import type { Inputs } from './inputs';
import { findHead, journalOf, leftBehind } from './journal';
import { MemoryVault } from './memory-vault';
import { createBatch, deleteBatch, readBatch, updateBatch } from './operations';
import type { Outputs } from './state';
import { hasUnknown } from './unknown';
import type { Surroundings } from './workplace';

/**
 * The provider of `DeviceBatch`, as the text in every state calls it (`thin-provider.ts`), also one that an older version wrote: the
 * names and parameters of these functions are for ever. @pulumi/pulumi documents them as `dynamic.ResourceProvider`.
 */
export async function configure({ config }: { config?: StackConfig }): Promise<void> {
  surroundings.config = config;
}

/** What is wrong with the inputs, without asking the cloud; and the inputs, completed. */
export function check(olds: Partial<Inputs>, news: Inputs): Promise<Checked> {
  return guarded(async () => {
    if (olds.batchId !== undefined) inState.add(olds.batchId);
    const checked = await checkInputs(olds, news);
    if (checked.failures.length > 0 || hasUnknown(checked.inputs.journal)) return checked;
    await guarded(() => greet(checked.inputs)).catch(({ message }: Error) => {
      checked.failures.push({ property: 'journal', reason: message });
    });
    return checked;
  });
}

export function diff(_id: string, olds: Outputs, news: Inputs): Promise<Difference> {
  return guarded(() => diffBatch(olds, news));
}

export function create(inputs: Inputs): Promise<{ id: string; outs: Outputs }> {
  return shown(() => createBatch(inputs, surroundings, { replaces: inState.has(inputs.batchId) }));
}

export function read(id: string, props: Outputs): Promise<{ id?: string; props?: Outputs }> {
  return shown(async () => {
    await greet(props);
    const present = await readBatch(props, surroundings);
    return present ? { id, props: present } : {};
  });
}

export function update(id: string, olds: Outputs, news: Inputs): Promise<{ outs: Outputs }> {
  return shown(async () => ({ outs: await updateBatch(id, olds, news, surroundings) }));
}

function deleteResource(_id: string, props: Outputs): Promise<void> {
  return shown(async () => {
    await greet(props);
    await deleteBatch(props, surroundings);
  });
}

export { deleteResource as delete };

const engine = process.argv.at(-1);
const status = new EngineStatus(engine);
const surroundings: Surroundings = {
  attendance: new Attendance(engine),
  vault: new MemoryVault(),
  // eslint-disable-next-line no-console -- a provider's standard output is what `pulumi up` shows
  write: (line) => console.log(line),
  status,
};

/** Guarded, with how far it is on the screen while it goes on. */
function shown<T>(operation: () => Promise<T>): Promise<T> {
  return guarded(() => status.during(operation));
}

/** Batches that the state has: whoever creates one of them anew replaces it. */
const inState = new Set<string>();

const greeted = new Set<string>();

/** Once for each journal: what somebody who was cut off has left in it. */
async function greet(inputs: Inputs): Promise<void> {
  const journal = journalOf(inputs);
  if (greeted.has(journal.folder)) return;
  greeted.add(journal.folder);
  if (process.env.CI && inputs.journal === undefined) {
    surroundings.write(
      'warning: a journal beside the program is lost with this machine: if this run is cut off, nobody will know what it has ' +
        'made. Keep the folder .iot-device-batch from run to run, or set journal to one that lasts',
    );
  }
  for (const batchId of await listBatches(journal)) {
    const head = await findHead(journal, batchId).catch(() => undefined);
    const left = head && leftBehind(head);
    if (left !== undefined) surroundings.write(`warning: ${left}`);
  }
}
