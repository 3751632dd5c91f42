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
  return new Deletion(operation, cloud, id, doomed).run();
}

/** How far it has come. */
type Note = NonNullable<Generation['drop']>;

class Deletion {
  private readonly all: readonly RecordedDevice[];
  private readonly spared: string;
  private readonly cloudKey: string;
  /** So many of the first devices are over. */
  private done = 0;
  /** Those of them that the cloud refused to delete. */
  private blocked: NonNullable<Note['blocked']> = { count: 0, first: [] };

  constructor(
    private readonly operation: Operation,
    private readonly cloud: Cloud,
    private readonly id: string,
    private readonly doomed: Doomed,
  ) {
    this.all = [...doomed.devices].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.spared = sha256(namesOf(doomed.spared).sort().join('\n'));
    this.cloudKey = operation.generation(id).cloudKey;
  }

  async run(): Promise<number> {
    const { all, spared } = this;
    const rest = await this.resume();
    try {
      await this.lookAhead(rest);
      await this.deleteInBlocks(rest);
    } catch (error) {
      throw error instanceof BatchError && error.code === 'DeadlineReached' ? this.cutOff(error) : error;
    }
    const { count, first } = this.blocked;
    if (count === 0) return all.length;
    // They are to be tried again: the next pass begins at the beginning.
    await this.note({ deleted: this.deleted, after: undefined, spared, blocked: undefined });
    throw new BatchError(
      'DevicesNotDeleted',
      `${count} of ${devices(all.length)} could not be deleted: ${listFailures(first, count)}`,
    );
  }

  private get deleted(): number {
    return this.done - this.blocked.count;
  }

  /** Goes on from the note, if there is one that holds. @returns what is left to delete. */
  private async resume(): Promise<readonly RecordedDevice[]> {
    const { all, doomed, spared } = this;
    const { drop: noted } = this.operation.generation(this.id);
    const resumed = noted?.spared === spared ? noted : undefined;
    const rest = all.filter(({ name }) => name > (resumed?.after ?? ''));
    this.done = all.length - rest.length;
    this.blocked = resumed?.blocked ?? this.blocked;
    if (noted?.cutOff) {
      // Between two notes nothing but the next block is deleted; what is spared by now may have been in it.
      const inFlight = resumed ? rest.slice(0, BLOCK) : [...all, ...doomed.spared];
      if (inFlight.length > 0) await noteLostDeletion(this.operation, this.cloudKey, namesOf(inFlight));
      await this.note({ cutOff: undefined });
    }
    return rest;
  }

  /**
   * Finds the devices that have connected before the first is deleted, and notes how far it has come: at 100,000 devices this
   * alone takes longer than an invocation. Each block is looked at once more, so few devices are left to that.
   */
  private async lookAhead(rest: readonly RecordedDevice[]): Promise<void> {
    const { deadline, observer } = this.operation;
    const guarded = rest.filter((device) => this.doomed.guarded.has(device));
    if (guarded.length <= BLOCK) return;
    const { looked } = this.operation.generation(this.id).drop ?? {};
    const after = looked?.before === deadline ? looked.after : '';
    const unseen = guarded.filter(({ name }) => name > after);
    const before = guarded.length - unseen.length;
    for (let from = 0; from < unseen.length; from += LOOK) {
      const part = unseen.slice(from, from + LOOK);
      const connected = await this.connectedAmong(part, unseen.length - from);
      if (connected.length > 0) throw activatedDevices(connected, 'would be deleted');
      await this.note({ looked: { before: deadline, after: part.at(-1)?.name ?? after } });
      observer.progress({ step: 'look-up', done: before + from + part.length, of: guarded.length });
    }
  }

  /**
   * Deletes block by block and notes each. Whether the devices of a block have connected is looked up while the block before it is
   * deleted, so that no time is lost and little passes until their turn.
   */
  private async deleteInBlocks(rest: readonly RecordedDevice[]): Promise<void> {
    const looked = (from: number) => held(this.connectedAmong(rest.slice(from, from + BLOCK), rest.length - from));
    let look = looked(0);
    try {
      for (let from = 0; from < rest.length; from += BLOCK) {
        const block = rest.slice(from, from + BLOCK);
        const connected = (await look)();
        if (connected.length > 0) {
          const before = this.done > 0 ? `${devices(this.deleted)} had been deleted by then` : undefined;
          throw activatedDevices(connected, 'would be deleted', before);
        }
        look = looked(from + BLOCK);
        await this.deleteBlock(block);
      }
    } finally {
      // What was begun ends before the caller goes on, also where it is of no use any more.
      await look;
    }
  }

  /** Deletes the devices of one block side by side, and notes how many of the first ones are over: not all if something cuts it off. */
  private async deleteBlock(block: readonly RecordedDevice[]): Promise<void> {
    const ends = new Array<DeviceFailure | 'gone' | undefined>(block.length).fill(undefined);
    let error: { reason: unknown } | undefined;
    await forEachLimited(block, this.cloud.traits.concurrency, async (device, i) => {
      ends[i] = (await this.deleteOne(device)) ?? 'gone';
    }).catch((reason: unknown) => (error = { reason }));
    const open = ends.indexOf(undefined);
    const over = open < 0 ? ends : ends.slice(0, open);
    const refused = over.filter((end): end is DeviceFailure => typeof end === 'object');
    this.done += over.length;
    this.blocked.count += refused.length;
    this.blocked.first.push(...refused.slice(0, SHOWN - this.blocked.first.length));
    if (over.length > 0) await this.noteDone(block[over.length - 1]?.name);
    if (error) throw error.reason;
  }

  /** The reason if the cloud refuses to delete just this device. */
  private async deleteOne(device: RecordedDevice): Promise<DeviceFailure | undefined> {
    const { operation, cloud, cloudKey, doomed } = this;
    // Until the next try it may have connected.
    const again = doomed.guarded.has(device) ? () => mustNotHaveConnected(cloud, device) : undefined;
    try {
      await deleteDevice(operation, cloud, cloudKey, device, again);
      return undefined;
    } catch (error) {
      if (!(error instanceof CloudError) || error.kind !== 'permanent') throw error;
      return { name: device.name, code: error.vendorCode, reason: error.message };
    }
  }

  /** `left`: of how many this is the beginning. */
  private async connectedAmong(part: readonly RecordedDevice[], left: number): Promise<string[]> {
    const { operation, cloud } = this;
    const asked = part.filter((device) => this.doomed.guarded.has(device));
    if (!cloud.lookUpToDelete)
      return activatedAmong(asked, await lookUp(operation, cloud, namesOf(asked), () => undefined));
    // Those that are not guarded as well: their identities are needed for their deletion.
    const found = await operation.patiently(
      'looking up devices',
      async () => (await cloud.lookUpToDelete?.(namesOf(part), left)) ?? [],
    );
    return activatedAmong(asked, new Map(found.map((device) => [device.name, device])));
  }

  private async noteDone(after: string | undefined): Promise<void> {
    const { done, deleted, spared, blocked, all, operation } = this;
    await this.note({ deleted, after, spared, blocked });
    operation.observer.progress({ step: 'delete', done, of: all.length });
  }

  private async note(changes: Partial<Note>): Promise<void> {
    await this.operation.update((head) => {
      const { drop } = generationOf(head, this.id);
      if (drop) Object.assign(drop, changes);
    });
  }

  private cutOff({ code, message }: BatchError): BatchError {
    const [deleted, of] = [this.deleted, this.all.length].map((count) => count.toLocaleString('en'));
    return new BatchError(code, `${message}; deleted ${deleted} of ${of}; run it again, it continues`);
  }
}

async function mustNotHaveConnected(cloud: Cloud, device: RecordedDevice): Promise<void> {
  const found = await (cloud.lookUpToDelete?.([device.name], 1) ?? cloud.lookUp([device.name]));
  const connected = activatedAmong([device], new Map(found.map((each) => [each.name, each])));
  if (connected.length > 0)
    throw activatedDevices(connected, 'would be deleted', 'others may have been deleted by then');
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
