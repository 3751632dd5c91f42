import { readSecrets, reconcile, submit, takeUp, type EnginePorts, type Order, type Result } from '../batch';
import type { CloudReference } from '../batch/contract';
import type { Clock } from '../batch/ports/clock';
import type { Store } from '../batch/ports/store';
import { BatchRecord } from '../batch/record/batch-record';
import { loadDevices } from '../batch/record/devices';
import { generationOf, type Head } from '../batch/record/head';
import { limitsOf } from '../clouds/limits';
import { attended, attendedWrites } from './attendance';
import { secretsText } from './device-secrets';
import { optionsOf, partsOfUrn, type Inputs, type Operation } from './inputs';
import { journalPlaceOf } from './journal';
import { namesFiles } from './names-file';
import { ProgressObserver } from './progress';
import type { Session } from './session';
import type { Surroundings } from './surroundings';

/** What a call has to work with. */
export interface Desk {
  surroundings: Surroundings;
  session: Session;
}

/** How long the engine works at a stretch. It is as long as a Lambda does: some steps take minutes and are begun again if cut off. */
const STRETCH_MS = 240_000;

/** A request that is under way when a stretch ends may take this much longer. */
const LAST_CALL_MS = 60_000;

/** Between two looks at what somebody else is working on. */
const BUSY_MS = 1_000;

/** One call's work on a batch, in its journal. */
export class Workplace {
  readonly store: Store;
  readonly clock: Clock;
  readonly observer: ProgressObserver;
  readonly batchId: string;
  readonly surroundings: Surroundings;
  private readonly session: Session;

  constructor(
    readonly inputs: Inputs,
    { surroundings, session }: Desk,
  ) {
    this.surroundings = surroundings;
    this.session = session;
    const { clock, openJournal, write, status } = surroundings;
    this.clock = clock;
    this.batchId = inputs.batchId;
    const urn = inputs.resourceUrn;
    const screen = {
      write,
      status: (text: string, instead: () => void) => (status ? status.show(urn, text, instead) : instead()),
    };
    this.observer = new ProgressObserver(partsOfUrn(urn).name, screen, () => clock.now());
    this.store = openJournal(journalPlaceOf(inputs), this.observer);
  }

  /** What every order has: an id of its own, and until when it is to be carried out. */
  request(operation: Operation): { requestId: string; deadline: number } {
    const { timeoutSeconds } = optionsOf(this.inputs, operation);
    const { clock } = this;
    return { requestId: `${operation}-${clock.nonce(8)}`, deadline: clock.now() + timeoutSeconds * 1000 };
  }

  /** Takes up what is like the order, or submits it, and works on it to its end. */
  async carryOut(order: Order): Promise<{ result: Result; requestId: string }> {
    const { store, clock, batchId } = this;
    const asked = { ...order, asker: this.surroundings.workers.self };
    const { attendance } = this.surroundings;
    // An order of somebody who is gone would supersede that of whoever has come since.
    await attendance.check({ afresh: true });
    const again = asked.type === 'delete' ? undefined : await takeUp(store, clock, batchId, asked);
    const target =
      again === undefined ? await submit(attendedWrites(store, attendance), clock, batchId, asked) : again.target;
    if (asked.type === 'create' && target !== undefined) this.session.made.add(target);
    const requestId = again?.id ?? order.requestId;
    return { result: await this.work(requestId), requestId };
  }

  /** Whether a create has made a generation in this process. */
  hasMade(generationId: string): boolean {
    return this.session.made.has(generationId);
  }

  async head(): Promise<Head> {
    return (await BatchRecord.load(this.store, this.clock, this.batchId)).head;
  }

  /** The secrets of a generation's devices as text, and the names of those whose secrets nobody has any more. */
  async secretsOf(generationId: string): Promise<{ text: string; lost: string[] }> {
    const generation = generationOf(await this.head(), generationId);
    const devices = [...(await loadDevices(this.store, generation)).values()];
    const place = { batchId: this.batchId, generationId, product: generation.cloudKey };
    const { vault } = this.surroundings;
    const held = new Set(vault.of(place, devices).map(({ name }) => name));
    if (held.size < devices.length) {
      const until = this.clock.now() + STRETCH_MS;
      vault.learn(place, await readSecrets(this.ports(), this.batchId, generationId, held, until));
    }
    const found = vault.of(place, devices);
    const known = new Set(found.map(({ name }) => name));
    return { text: secretsText(found), lost: devices.map(({ name }) => name).filter((name) => !known.has(name)) };
  }

  ports(): EnginePorts {
    const { store, clock, observer } = this;
    const { files, vault, workers } = this.surroundings;
    return {
      store,
      clock,
      observer,
      vault,
      workers,
      readNames: (source, since) => namesFiles(files, this.limits())(source, since),
      connect: async (cloud, _access, { until }) => this.connect(cloud, until),
    };
  }

  private async connect(cloud: CloudReference, until: number) {
    const { clock, observer, session } = this;
    const { attendance } = this.surroundings;
    await attendance.check();
    const environment = { clock, observer, rates: session.rates.of(cloud), until };
    const { cloud: connected, hint } = this.surroundings.connect(cloud, environment, session.config);
    return attended(connected, attendance, hint);
  }

  private limits() {
    return limitsOf(this.inputs.cloud as CloudReference);
  }

  private async work(requestId: string): Promise<Result> {
    for (let isTold = false; ;) {
      await this.surroundings.attendance.check();
      const until = this.clock.now() + STRETCH_MS;
      const result = await reconcile(this.ports(), this.batchId, requestId, { until, goneBy: until + LAST_CALL_MS });
      if (result.state !== 'unfinished') return result;
      isTold ||= await this.tellOfOther();
      await this.clock.sleep(BUSY_MS);
    }
  }

  /** Whether it was told that somebody else works on the batch: it may take minutes until it is plain that they do not any more. */
  private async tellOfOther(): Promise<boolean> {
    const { lease } = await this.head();
    const { workers } = this.surroundings;
    if (!lease || lease.until <= this.clock.now() || lease.worker === workers.self) return false;
    if (lease.worker !== undefined && workers.isDead(lease.worker)) return false;
    const until = new Date(lease.until).toISOString();
    this.observer.log(
      'warn',
      `waiting for another operation on the batch; if it was cut off, this goes on at ${until}`,
    );
    return true;
  }
}
