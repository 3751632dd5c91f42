import { listBatches } from '../batch/record/batch-record';
import { checkInputs, type Checked } from './check';
import type { StackConfig } from './cloud-keys';
import { diffBatch, type Difference } from './diff';
import { guarded } from './guard';
import type { Inputs } from './inputs';
import { findHead, journalPlaceOf, leftBehind } from './journal';
import { reachSecrets } from './kept-secrets';
import { createBatch, deleteBatch, isJournalGone, readBatch, updateBatch } from './operations';
import { acquaint } from './restore';
import { recordOf, type Outputs } from './state';
import { Session } from './session';
import type { Surroundings } from './surroundings';
import { hasUnknown } from './unknown';
import type { Desk } from './workplace';

/** What Pulumi may ask of the provider of `DeviceBatch`, for as long as one process of it lives. */
export class ProviderMethods {
  private readonly desk: Desk;

  constructor(
    private readonly surroundings: Surroundings,
    private readonly session = new Session(surroundings.clock),
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
    return guarded(async () => {
      await this.acquaint(olds, news);
      const difference = await diffBatch(this.surroundings, olds, news);
      const { generation } = recordOf(olds) ?? {};
      if (difference.replaces && generation !== undefined) this.session.replacing.set(news.resourceUrn, generation);
      return difference;
    });
  }

  create(inputs: Inputs): Promise<{ id: string; outs: Outputs }> {
    return this.inTurn(inputs, () => {
      const { inState, replacing } = this.session;
      const displaces = replacing.get(inputs.resourceUrn);
      return createBatch(inputs, this.desk, { replaces: inState.has(inputs.batchId), displaces });
    });
  }

  read(id: string, props: Outputs): Promise<{ id?: string; props?: Outputs }> {
    return this.inTurn(props, async () => {
      await this.greet(props);
      const present = await readBatch(props, this.desk);
      return present ? { id, props: present } : {};
    });
  }

  update(id: string, olds: Outputs, news: Inputs): Promise<{ outs: Outputs }> {
    return this.inTurn(news, async () => ({ outs: await updateBatch(id, olds, news, this.desk) }));
  }

  delete(_id: string, props: Outputs): Promise<void> {
    return this.inTurn(props, async () => {
      await this.greet(props);
      await deleteBatch(props, this.desk);
    });
  }

  /** Guarded, a batch's operations one after the other, with how far each is on the screen while it goes on. */
  private inTurn<T>({ batchId }: Inputs, operation: () => Promise<T>): Promise<T> {
    const { status } = this.surroundings;
    const turn = () => this.session.inTurn(batchId, operation);
    return guarded(() => (status ? status.during(turn) : turn()));
  }

  /** Tells the journal what the state shows: where it knows nothing of that, everything, else that somebody has heard of it. */
  private async acquaint(olds: Outputs, news: Inputs): Promise<void> {
    if (await isJournalGone(this.surroundings, olds, news)) return;
    const { surroundings } = this;
    const { openJournal, clock, write } = surroundings;
    const store = openJournal(journalPlaceOf(olds));
    const warn = (message: string) => write(`warning: ${message}`);
    await this.session.inTurn(olds.batchId, () =>
      acquaint({ store, clock, surroundings }, olds.batchId, recordOf(olds), warn),
    );
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
