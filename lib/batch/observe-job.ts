import { validateDeviceSecrets } from './contract/device-secrets';
import { finishCredentials, keepCredentials, requireSecrets } from './credentials';
import { BatchError } from './errors';
import { listFailures } from './messages';
import type { Operation } from './operation';
import { poll } from './poll';
import type { Cloud, CollectedDevice } from './ports/cloud';
import { learnNames, publish } from './publish';
import { readPages } from './read-pages';
import { saveCollected } from './record/devices';
import { generationOf, type Generation } from './record/head';
import { savePlan } from './record/plan';

/**
 * Waits for a job that was submitted elsewhere and lists its devices. Nothing is created, and nothing will be deleted.
 *
 * @throws BatchError `JobUnknown`, `JobNotRegistered` (its names were checked and nobody has asked for their creation),
 * `NamesRefused` or `DevicesNotRegistered`.
 */
export async function observeJob(operation: Operation, generation: Generation): Promise<void> {
  const jobId = generation.observedJob as string;
  const cloud = await operation.cloudOf(generation);
  await operation.patiently('reading the product', () => cloud.inspect());
  await poll(operation.clock, operation.time, `while job ${jobId} was running`, async () => {
    const state = await operation.patiently('asking for the status', () => cloud.observe([], jobId));
    const seen = { [state.state]: 1 };
    switch (state.state) {
      case 'absent':
        throw new BatchError('JobUnknown', `${cloud.limits.title} knows no job ${jobId} of this product`);
      case 'checked':
        throw new BatchError(
          'JobNotRegistered',
          `the names of job ${jobId} were checked, and nobody has registered them`,
        );
      case 'rejected':
        throw new BatchError('NamesRefused', `the names of job ${jobId} were refused: ${listFailures(state.failures)}`);
      case 'settled':
        if (state.failures.length === 0) return { done: true, seen };
        throw new BatchError(
          'DevicesNotRegistered',
          `job ${jobId} did not register ${state.failures.length} of its devices: ${listFailures(state.failures)}`,
        );
      case 'checking':
      case 'running':
      case 'unknown':
        return { seen };
    }
  });
  await record(operation, generation, await collectAll(operation, cloud, jobId));
}

async function collectAll(operation: Operation, cloud: Cloud, jobId: string): Promise<CollectedDevice[]> {
  let done = 0;
  const pages = await readPages(cloud.traits.concurrency, async (cursor) => {
    const page = await operation.patiently('reading the created devices', () => cloud.collect(jobId, cursor));
    operation.observer.progress({ step: 'collect', done: (done += page.devices.length), of: page.total });
    return page;
  });
  const found = pages.flatMap(({ devices }) => devices);
  const total = pages.at(-1)?.total ?? 0;
  if (found.length === total) return found;
  throw new BatchError('DevicesMissing', `job ${jobId} has ${total} devices and lists ${found.length}`);
}

async function record(operation: Operation, generation: Generation, found: CollectedDevice[]): Promise<void> {
  const { id, policy, observedJob } = generation;
  validateDeviceSecrets(policy.deviceCredentials, found.length);
  requireSecrets(operation, id, found);
  await keepCredentials(operation, id, 0, found);
  await finishCredentials(operation, id);
  await savePlan(operation.store, generation, { carried: [], sources: [], jobs: [{ count: found.length }] });
  await saveCollected(operation.store, generation, 0, found);
  await learnNames(operation, id);
  await operation.update((head) => {
    generationOf(head, id).jobIds = [observedJob as string];
  });
  await publish(operation, id);
}
