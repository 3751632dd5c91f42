import { activatedAmong, activatedDevices } from './activation';
import { forEachLimited } from './concurrency';
import { BatchError } from './errors';
import { lookUp } from './look-up';
import { deleteDevice, noteLostDeletion } from './lost-deletions';
import { devices, listFailures, SHOWN } from './messages';
import type { Operation } from './operation';
import { CloudError, type Cloud, type DeviceFailure } from './ports/cloud';
import { generationOf, type Generation } from './record/head';
import { sha256 } from './record/names';
import { namesOf, type RecordedDevice } from './record/plan';

/** Between two notes of how far it has come, as many devices are deleted as this; one call looks at them all. */
const BLOCK = 100;

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
 * @throws BatchError `ActivatedDevices`, before anything is deleted if they had connected by then; `DeadlineReached` with how
 * far it has come; `DevicesNotDeleted` with what the cloud refused to delete, after everything else is gone.
 */
export async function deleteDevices(operation: Operation, cloud: Cloud, id: string, doomed: Doomed): Promise<number> {
  const all = [...doomed.devices].sort((a, b) => (a.name < b.name ? -1 : 1));
  const spared = sha256(namesOf(doomed.spared).sort().join('\n'));
  const { cloudKey, drop: noted } = operation.generation(id);
  const resumed = noted?.spared === spared ? noted : undefined;
  const rest = all.filter(({ name }) => name > (resumed?.after ?? ''));
  if (noted?.cutOff) {
    // Between two notes nothing but the next block is deleted; what is spared by now may have been in it.
    const inFlight = resumed ? rest.slice(0, BLOCK) : [...all, ...doomed.spared];
    if (inFlight.length > 0) await noteLostDeletion(operation, cloudKey, namesOf(inFlight));
    await note(operation, id, { cutOff: undefined });
  }
  const pass: Pass = { done: all.length - rest.length, blocked: resumed?.blocked ?? { count: 0, first: [] } };
  try {
    await lookAhead(operation, cloud, id, doomed.guarded, rest);
    await deleteInBlocks(operation, cloud, cloudKey, doomed.guarded, rest, pass, async (after) => {
      await note(operation, id, { deleted: pass.done - pass.blocked.count, after, spared, blocked: pass.blocked });
      operation.observer.progress({ step: 'delete', done: pass.done, of: all.length });
    });
  } catch (error) {
    throw error instanceof BatchError && error.code === 'DeadlineReached' ? cutOff(error, pass, all.length) : error;
  }
  const { blocked } = pass;
  if (blocked.count === 0) return all.length;
  // They are to be tried again: the next pass begins at the beginning.
  await note(operation, id, { deleted: all.length - blocked.count, after: undefined, spared, blocked: undefined });
  throw new BatchError(
    'DevicesNotDeleted',
    `${blocked.count} of ${devices(all.length)} could not be deleted: ${listFailures(blocked.first, blocked.count)}`,
  );
}

/** How far the deletion has come: so many of the first devices are done, and of these some were refused. */
interface Pass {
  done: number;
  blocked: NonNullable<Note['blocked']>;
}

type Note = NonNullable<Generation['drop']>;

/**
 * Deletes block by block; `noted` writes down each step that `pass` has made. Whether the devices of a block have connected is
 * looked up while the block before it is deleted, so that no time is lost and little passes until their turn.
 */
async function deleteInBlocks(
  operation: Operation,
  cloud: Cloud,
  cloudKey: string,
  guarded: ReadonlySet<RecordedDevice>,
  rest: readonly RecordedDevice[],
  pass: Pass,
  noted: (after: string | undefined) => Promise<void>,
): Promise<void> {
  const looked = (from: number) =>
    held(connectedAmong(operation, cloud, guarded, rest.slice(from, from + BLOCK), rest.length - from));
  let look = looked(0);
  try {
    for (let from = 0; from < rest.length; from += BLOCK) {
      const block = rest.slice(from, from + BLOCK);
      const connected = (await look)();
      if (connected.length > 0) {
        const deleted = pass.done - pass.blocked.count;
        const before = pass.done > 0 ? `${devices(deleted)} had been deleted by then` : undefined;
        throw activatedDevices(connected, 'would be deleted', before);
      }
      look = looked(from + BLOCK);
      const { done, refused, error } = await deleteBlock(operation, cloud, cloudKey, guarded, block);
      pass.done += done;
      pass.blocked.count += refused.length;
      pass.blocked.first.push(...refused.slice(0, SHOWN - pass.blocked.first.length));
      if (done > 0) await noted(block[done - 1]?.name);
      if (error) throw error.reason;
    }
  } finally {
    // What was begun ends before the caller goes on, also where it is of no use any more.
    await look;
  }
}

/**
 * Deletes the devices of one block side by side. `done`: how many of the first ones are over, with `refused` among them; fewer
 * than all if an `error` cut it off.
 */
async function deleteBlock(
  operation: Operation,
  cloud: Cloud,
  cloudKey: string,
  guarded: ReadonlySet<RecordedDevice>,
  block: readonly RecordedDevice[],
): Promise<{ done: number; refused: DeviceFailure[]; error?: { reason: unknown } }> {
  const ends = new Array<DeviceFailure | 'gone' | undefined>(block.length).fill(undefined);
  let error: { reason: unknown } | undefined;
  await forEachLimited(block, cloud.traits.concurrency, async (device, i) => {
    // Until the next try it may have connected.
    const again = guarded.has(device) ? () => mustNotHaveConnected(cloud, device) : undefined;
    ends[i] = (await deleteOne(operation, cloud, cloudKey, device, again)) ?? 'gone';
  }).catch((reason: unknown) => (error = { reason }));
  const open = ends.indexOf(undefined);
  const over = open < 0 ? ends : ends.slice(0, open);
  const refused = over.filter((end): end is DeviceFailure => typeof end === 'object');
  return { done: over.length, refused, ...(error && { error }) };
}

/** The reason if the cloud refuses to delete just this device. */
async function deleteOne(
  operation: Operation,
  cloud: Cloud,
  cloudKey: string,
  device: RecordedDevice,
  again: (() => Promise<void>) | undefined,
): Promise<DeviceFailure | undefined> {
  try {
    await deleteDevice(operation, cloud, cloudKey, device, again);
    return undefined;
  } catch (error) {
    if (!(error instanceof CloudError) || error.kind !== 'permanent') throw error;
    return { name: device.name, code: error.vendorCode, reason: error.message };
  }
}

async function mustNotHaveConnected(cloud: Cloud, device: RecordedDevice): Promise<void> {
  const found = await (cloud.lookUpToDelete?.([device.name], 1) ?? cloud.lookUp([device.name]));
  const connected = activatedAmong([device], new Map(found.map((each) => [each.name, each])));
  if (connected.length > 0)
    throw activatedDevices(connected, 'would be deleted', 'others may have been deleted by then');
}

/**
 * Finds the devices that have connected before the first is deleted, and notes how far it has come: at 100,000 devices this
 * alone takes longer than an invocation. Each block is looked at once more, so few devices are left to that.
 */
async function lookAhead(
  operation: Operation,
  cloud: Cloud,
  id: string,
  guarded: ReadonlySet<RecordedDevice>,
  devices: readonly RecordedDevice[],
): Promise<void> {
  const all = devices.filter((device) => guarded.has(device));
  if (all.length <= BLOCK) return;
  const { looked } = operation.generation(id).drop ?? {};
  const after = looked?.before === operation.deadline ? looked.after : '';
  const rest = all.filter(({ name }) => name > after);
  const before = all.length - rest.length;
  for (let from = 0; from < rest.length; from += LOOK) {
    const part = rest.slice(from, from + LOOK);
    const connected = await connectedAmong(operation, cloud, guarded, part, rest.length - from);
    if (connected.length > 0) throw activatedDevices(connected, 'would be deleted');
    await note(operation, id, { looked: { before: operation.deadline, after: part.at(-1)?.name ?? after } });
    operation.observer.progress({ step: 'look-up', done: before + from + part.length, of: all.length });
  }
}

async function connectedAmong(
  operation: Operation,
  cloud: Cloud,
  guarded: ReadonlySet<RecordedDevice>,
  devices: readonly RecordedDevice[],
  left: number,
): Promise<string[]> {
  const asked = devices.filter((device) => guarded.has(device));
  if (!cloud.lookUpToDelete)
    return activatedAmong(asked, await lookUp(operation, cloud, namesOf(asked), () => undefined));
  // Those that are not guarded as well: their identities are needed for their deletion.
  const found = await operation.patiently(
    'looking up devices',
    async () => (await cloud.lookUpToDelete?.(namesOf(devices), left)) ?? [],
  );
  return activatedAmong(asked, new Map(found.map((device) => [device.name, device])));
}

async function note(operation: Operation, id: string, changes: Partial<Note>): Promise<void> {
  await operation.update((head) => {
    const { drop } = generationOf(head, id);
    if (drop) Object.assign(drop, changes);
  });
}

/** A promise that is not looked at yet: its failure is thrown by whoever calls what it brings. */
function held<T>(promise: Promise<T>): Promise<() => T> {
  return promise.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
}

function cutOff({ code, message }: BatchError, { done, blocked }: Pass, all: number): BatchError {
  const [deleted, of] = [done - blocked.count, all].map((count) => count.toLocaleString('en'));
  return new BatchError(code, `${message}; deleted ${deleted} of ${of}; run it again, it continues`);
}
