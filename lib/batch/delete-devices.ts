import { activatedAmong, activatedDevices } from './activation';
import { forEachLimited } from './concurrency';
import { BatchError } from './errors';
import { lookUp } from './look-up';
import { devices, listFailures, SHOWN } from './messages';
import type { Operation } from './operation';
import { CloudError, type Cloud, type DeviceFailure } from './ports/cloud';
import { generationOf, type Generation } from './record/head';
import { sha256 } from './record/names';
import { namesOf, type RecordedDevice } from './record/plan';

/** Between two notes of how far it has come, as many devices are deleted as this. */
const BLOCK = 200;

/** As many are looked at between two notes before the first is deleted. */
const LOOK = 2_000;

export interface Doomed {
  /** What has to be deleted. */
  devices: readonly RecordedDevice[];
  /** Those of them that must not be if they have ever connected. */
  guarded: ReadonlySet<RecordedDevice>;
  /** What would have to be deleted as well if nobody else listed it. */
  spared: readonly RecordedDevice[];
}

/**
 * Deletes in the order of the names and notes how far it has come. The note holds only for the same spared devices: when
 * others list less than before, it begins again.
 *
 * @returns how many there were in all.
 * @throws BatchError `ActivatedDevices`, before anything is deleted if they had connected by then; `DevicesNotDeleted` with
 * what the cloud refused to delete, after everything else is gone.
 */
export async function deleteDevices(operation: Operation, cloud: Cloud, id: string, doomed: Doomed): Promise<number> {
  const all = [...doomed.devices].sort((a, b) => (a.name < b.name ? -1 : 1));
  const spared = sha256(
    doomed.spared
      .map(({ name }) => name)
      .sort()
      .join('\n'),
  );
  const noted = operation.generation(id).drop;
  const resumed = noted?.spared === spared ? noted : undefined;
  const rest = all.filter(({ name }) => name > (resumed?.after ?? ''));
  const before = all.length - rest.length;
  const blocked: Blocked = resumed?.blocked ?? { count: 0, first: [] };
  await lookAhead(
    operation,
    cloud,
    id,
    rest.filter((device) => doomed.guarded.has(device)),
  );

  for (let from = 0; from < rest.length; from += BLOCK) {
    const done = before + from;
    operation.time.check(
      () => `with ${done - blocked.count} of ${all.length} devices deleted; run it again, it continues`,
    );
    operation.observer.progress({ step: 'delete', done, of: all.length });
    const block = rest.slice(from, from + BLOCK);
    const guarded = block.filter((device) => doomed.guarded.has(device));
    const connected = activatedAmong(guarded, await lookUp(operation, cloud, namesOf(guarded)));
    if (connected.length > 0) {
      const rest = done > 0 ? `${devices(done - blocked.count)} had been deleted by then` : undefined;
      throw activatedDevices(connected, 'would be deleted', rest);
    }
    await forEachLimited(block, cloud.traits.concurrency, async (device) => {
      const reason = await deleteOne(operation, cloud, device);
      if (!reason) return;
      blocked.count++;
      if (blocked.first.length < SHOWN) blocked.first.push(reason);
    });
    await note(operation, id, {
      deleted: done + block.length - blocked.count,
      after: block.at(-1)?.name,
      spared,
      blocked,
    });
  }
  if (blocked.count === 0) return all.length;
  // They are to be tried again: the next pass begins at the beginning.
  await note(operation, id, { deleted: all.length - blocked.count, after: undefined, spared, blocked: undefined });
  throw new BatchError(
    'DevicesNotDeleted',
    `${blocked.count} of ${devices(all.length)} could not be deleted: ${listFailures(blocked.first, blocked.count)}`,
  );
}

/** What the cloud refused to delete, in this pass. */
type Blocked = NonNullable<Note['blocked']>;
type Note = NonNullable<Generation['drop']>;

/**
 * Finds the devices that have connected before the first is deleted, and notes how far it has come: at 100,000 devices this
 * alone takes longer than an invocation. Each block is looked at once more, so few devices are left to that.
 */
async function lookAhead(operation: Operation, cloud: Cloud, id: string, guarded: readonly RecordedDevice[]) {
  if (guarded.length <= BLOCK) return;
  const { looked } = operation.generation(id).drop ?? {};
  const after = looked?.before === operation.deadline ? looked.after : '';
  const rest = guarded.filter(({ name }) => name > after);
  for (let from = 0; from < rest.length; from += LOOK) {
    const part = rest.slice(from, from + LOOK);
    const connected = activatedAmong(part, await lookUp(operation, cloud, namesOf(part)));
    if (connected.length > 0) throw activatedDevices(connected, 'would be deleted');
    await note(operation, id, { looked: { before: operation.deadline, after: part.at(-1)?.name ?? after } });
  }
}

/** The reason if the cloud refuses to delete just this device. */
async function deleteOne(
  operation: Operation,
  cloud: Cloud,
  device: RecordedDevice,
): Promise<DeviceFailure | undefined> {
  try {
    await operation.patiently('deleting devices', () => cloud.delete(device));
    return undefined;
  } catch (error) {
    if (!(error instanceof CloudError) || error.kind !== 'permanent') throw error;
    return { name: device.name, code: error.vendorCode, reason: error.message };
  }
}

async function note(operation: Operation, id: string, changes: Partial<Note>): Promise<void> {
  await operation.update((head) => {
    const { drop } = generationOf(head, id);
    if (drop) Object.assign(drop, changes);
  });
}
