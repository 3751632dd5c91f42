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
import { loadPassedOver, savePassedOver } from './record/passed-over';
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
  /** What may have to be deleted as well, when nobody else lists it any more. */
  spared: readonly RecordedDevice[];
}

/**
 * Deletes in the order of the names and notes how far it has come. What it has deleted once it does not delete again: where a device is
 * known by its name only, that may be somebody else's by then. Who was spared, or refused by the cloud, has its turn in another round.
 *
 * @returns how many there were in all.
 * @throws BatchError `ActivatedDevices`, before anything is deleted if they had connected by then; `DeadlineReached` with how
 * far it has come; `DevicesNotDeleted` with what the cloud refused to delete, after everything else of the round is gone.
 */
export async function deleteDevices(operation: Operation, cloud: Cloud, id: string, doomed: Doomed): Promise<number> {
  return new Deletion(operation, cloud, id, doomed).run();
}

/** How far it has come. */
type Note = NonNullable<Generation['drop']>;

const NONE: NonNullable<Note['blocked']> = { count: 0, first: [] };

class Deletion {
  private readonly all: readonly RecordedDevice[];
  private readonly spared: string;
  private readonly cloudKey: string;
  private round = 0;
  /** In how many objects it is listed what this round has passed over. */
  private passed = 0;
  /** The names of spared devices whose turn in this round is still to come. */
  private toPass: string[] = [];
  /** So many devices are over in this round. */
  private done = 0;
  /** All up to this name are, in the order of names, */
  private after = '';
  /** and these later ones. */
  private ahead: readonly string[] = [];
  /** Those of them that the cloud refused to delete. */
  private blocked = NONE;

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

  /** One round after the other, until none is refused or passed over: what others listed when its turn came may be left to delete by now. */
  async run(): Promise<number> {
    const { all } = this;
    for (;;) {
      await this.finishRound();
      if (this.passed === 0) return all.length;
      await this.beginNextRound();
      const { count, first } = this.blocked;
      if (count === 0) continue;
      throw new BatchError(
        'DevicesNotDeleted',
        `${count} of ${devices(all.length)} could not be deleted: ${listFailures(first, count)}`,
      );
    }
  }

  private async finishRound(): Promise<void> {
    const rest = await this.resume();
    try {
      await this.lookAhead(rest);
      await this.deleteInBlocks(rest);
    } catch (error) {
      throw error instanceof BatchError && error.code === 'DeadlineReached' ? this.cutOff(error) : error;
    }
  }

  private get deleted(): number {
    return this.done - this.blocked.count;
  }

  /** Goes on from the note. @returns what is left to delete in this round. */
  private async resume(): Promise<readonly RecordedDevice[]> {
    const { all, doomed, id, operation, spared } = this;
    const { drop: noted } = operation.generation(id);
    const { round = 0, after = '', ahead = [], passedBefore = 0, passed = 0, blocked = NONE } = noted ?? {};
    const parts = { round: round - 1, parts: passedBefore };
    const inRound = round === 0 ? undefined : await loadPassedOver(operation.store, id, parts);
    const isOver = (name: string) => name <= after || ahead.includes(name);
    const isOpen = ({ name }: RecordedDevice) => inRound?.has(name) !== false && !isOver(name);
    const rest = all.filter(isOpen);
    const toPass = doomed.spared.filter(isOpen);
    this.round = round;
    this.passed = passed;
    this.blocked = blocked;
    this.after = after;
    this.ahead = ahead;
    this.toPass = namesOf(toPass).sort();
    this.done = all.length - rest.length;
    if (noted?.cutOff) {
      // Between two notes nothing but the next block is deleted; what is spared by now may have been in it.
      const inFlight = noted.spared === spared ? rest.slice(0, BLOCK) : [...rest, ...toPass];
      if (inFlight.length > 0) await noteLostDeletion(operation, this.cloudKey, namesOf(inFlight));
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

  /** Deletes the devices of one block side by side, and notes which of them are over: not all if something cuts it off. */
  private async deleteBlock(block: readonly RecordedDevice[]): Promise<void> {
    const ends = new Array<DeviceFailure | 'gone' | undefined>(block.length).fill(undefined);
    let error: { reason: unknown } | undefined;
    await forEachLimited(block, this.cloud.traits.concurrency, async (device, i) => {
      ends[i] = (await this.deleteOne(device)) ?? 'gone';
    }).catch((reason: unknown) => (error = { reason }));
    const open = ends.indexOf(undefined);
    const [first, later] = open < 0 ? [block, []] : [block.slice(0, open), block.filter((_, i) => i > open && ends[i])];
    const refused = ends.filter((end) => typeof end === 'object');
    if (first.length + later.length > 0) await this.noteOver(first, later, refused);
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

  /** Notes that the turn of these is over: of the first ones with those between them, and of some later ones. */
  private async noteOver(
    first: readonly RecordedDevice[],
    later: readonly RecordedDevice[],
    refused: readonly DeviceFailure[],
  ): Promise<void> {
    const after = first.at(-1)?.name ?? this.after;
    this.after = after;
    this.ahead = [...this.ahead, ...namesOf(later)].filter((name) => name > after);
    this.done += first.length + later.length;
    this.blocked = {
      count: this.blocked.count + refused.length,
      first: [...this.blocked.first, ...refused].slice(0, SHOWN),
    };
    await this.passOver([...namesOf(refused), ...this.toPass.filter((name) => name <= after)]);
    this.toPass = this.toPass.filter((name) => name > after);
    const { deleted, ahead, spared, blocked, passed } = this;
    await this.note({ deleted, after, ahead: ahead.length > 0 ? [...ahead] : undefined, spared, blocked, passed });
    this.operation.observer.progress({ step: 'delete', done: this.done, of: this.all.length });
  }

  /** Lists names for the next round. That it is listed is noted afterwards: if that fails, it is written again. */
  private async passOver(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    await savePassedOver(this.operation.store, this.id, { round: this.round, part: this.passed }, names);
    this.passed++;
  }

  /** Those that this round has passed over have their turn in the next one. */
  private async beginNextRound(): Promise<void> {
    await this.passOver(this.toPass);
    const next = { round: this.round + 1, passedBefore: this.passed };
    const none = { passed: undefined, after: undefined, ahead: undefined, blocked: undefined };
    await this.note({ deleted: this.deleted, ...next, ...none });
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
