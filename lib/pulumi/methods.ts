import { listBatches } from '../batch/record/batch-record';
import { checkInputs, type Checked } from './check';
import type { StackConfig } from './cloud-keys';
import { diffBatch, type Difference } from './diff';
import { guarded } from './guard';
import type { Inputs } from './inputs';
import { findHead, journalPlaceOf, leftBehind } from './journal';
import { reachSecrets } from './kept-secrets';
import { createBatch, deleteBatch, readBatch, updateBatch } from './operations';
import type { Outputs } from './state';
import { Session } from './session';
import type { Surroundings } from './surroundings';
import { hasUnknown } from './unknown';
import type { Desk } from './workplace';

/** What Pulumi may ask of the provider of `DeviceBatch`, for as long as one process of it lives. */
export class ProviderMethods {
  private readonly desk: Desk;

  constructor(
    private readonly surroundings: Surroundings,
    private readonly session = new Session(),
  ) {
    this.desk = { surroundings, session };
  }

  async configure({ config }: { config?: StackConfig }): Promise<void> {
    this.session.config = config;
  }

  /** What is wrong with the inputs, without asking the cloud; and the inputs, completed. */
  check(olds: Partial<Inputs>, news: Inputs): Promise<Checked> {
    return guarded(async () => {
      if (olds.batchId !== undefined) this.session.inState.add(olds.batchId);
      const checked = await checkInputs(olds, news, this.surroundings.files);
      if (checked.failures.length > 0) return checked;
      const { inputs, failures } = checked;
      const failed = (property: string) => (error: Error) => void failures.push({ property, reason: error.message });
      if (!hasUnknown(inputs.journal)) await guarded(() => this.greet(inputs)).catch(failed('journal'));
      if (!hasUnknown(inputs.deviceCredentials)) {
        await guarded(() => reachSecrets(this.surroundings.files, inputs)).catch(failed('deviceCredentials'));
      }
      return checked;
    });
  }

  diff(_id: string, olds: Outputs, news: Inputs): Promise<Difference> {
    return guarded(() => diffBatch(this.surroundings, olds, news));
  }

  create(inputs: Inputs): Promise<{ id: string; outs: Outputs }> {
    return this.shown(() => createBatch(inputs, this.desk, { replaces: this.session.inState.has(inputs.batchId) }));
  }

  read(id: string, props: Outputs): Promise<{ id?: string; props?: Outputs }> {
    return this.shown(async () => {
      await this.greet(props);
      const present = await readBatch(props, this.desk);
      return present ? { id, props: present } : {};
    });
  }

  update(id: string, olds: Outputs, news: Inputs): Promise<{ outs: Outputs }> {
    return this.shown(async () => ({ outs: await updateBatch(id, olds, news, this.desk) }));
  }

  delete(_id: string, props: Outputs): Promise<void> {
    return this.shown(async () => {
      await this.greet(props);
      await deleteBatch(props, this.desk);
    });
  }

  /** Guarded, with how far it is on the screen while it goes on. */
  private shown<T>(operation: () => Promise<T>): Promise<T> {
    const { status } = this.surroundings;
    return guarded(() => (status ? status.during(operation) : operation()));
  }

  /** Once for each journal: what somebody who was cut off has left in it. */
  private async greet(inputs: Inputs): Promise<void> {
    const { openJournal, clock, workers, write } = this.surroundings;
    const place = journalPlaceOf(inputs);
    if (this.session.greeted.has(place)) return;
    this.session.greeted.add(place);
    if (process.env.CI && inputs.journal === undefined) {
      write(
        'warning: a journal beside the program is lost with this machine: if this run is cut off, nobody will know what it has ' +
          'made. Keep the folder .iot-device-batch from run to run, or set journal to one that lasts',
      );
    }
    const journal = openJournal(place);
    for (const batchId of await listBatches(journal)) {
      const head = await findHead(journal, clock, batchId).catch(() => undefined);
      const left = head && leftBehind(head, clock, workers);
      if (left !== undefined) write(`warning: ${left}`);
    }
  }
}
