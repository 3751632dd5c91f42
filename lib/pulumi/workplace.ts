import {
  readSecrets,
  reconcile,
  submit,
  systemClock,
  takeUp,
  type EnginePorts,
  type Order,
  type Result,
} from '../batch';
import type { CloudReference } from '../batch/contract';
import { BatchRecord } from '../batch/record/batch-record';
import { loadDevices } from '../batch/record/devices';
import { generationOf, type Head } from '../batch/record/head';
import { limitsOf } from '../clouds/limits';
import { connectCloud } from '../clouds/registry';
import type { FileStore } from '../stores/file-store';
import { processes } from '../stores/processes';
import type { Attendance } from './attendance';
import { attended } from './attendance';
import { cloudKeys, type StackConfig } from './cloud-keys';
import { secretsText } from './device-secrets';
import type { EngineStatus } from './engine-status';
import { partsOfUrn, type Inputs } from './inputs';
import { journalOf } from './journal';
import type { MemoryVault } from './memory-vault';
import { namesFiles } from './names-file';
import { ProgressObserver } from './progress';

/** What all calls of a provider process have in common. */
export interface Surroundings {
  config?: StackConfig;
  attendance: Attendance;
  vault: MemoryVault;
  write: (line: string) => void;
  /** @default counts are lines as well */
  status?: Pick<EngineStatus, 'show'>;
}

/** How long the engine works at a stretch. It is as long as a Lambda does: some steps take minutes and are begun again if cut off. */
const STRETCH_MS = 240_000;

/** A request that is under way when a stretch ends may take this much longer. */
const LAST_CALL_MS = 60_000;

/** Between two looks at what somebody else is working on. */
const BUSY_MS = 1_000;

/** Calls that work side by side share the account's rates. */
let working = 0;

/** One call's work on a batch, in its journal. */
export class Workplace {
  readonly store: FileStore;
  readonly observer: ProgressObserver;
  readonly batchId: string;

  constructor(
    readonly inputs: Inputs,
    private readonly surroundings: Surroundings,
  ) {
    this.store = journalOf(inputs);
    this.batchId = inputs.batchId;
    const { write, status } = surroundings;
    const urn = inputs.resourceUrn;
    const screen = {
      write,
      status: (text: string, instead: () => void) => (status ? status.show(urn, text, instead) : instead()),
    };
    this.observer = new ProgressObserver(partsOfUrn(urn).name, screen, () => systemClock.now());
  }

  /** Takes up what is like the order, or submits it, and works on it to its end. */
  async carryOut(order: Order, { finished }: { finished: boolean }): Promise<{ result: Result; requestId: string }> {
    const asked = { ...order, asker: processes.self };
    const again =
      asked.type === 'delete' ? undefined : await takeUp(this.store, systemClock, this.batchId, asked, { finished });
    if (again === undefined) await submit(this.store, systemClock, this.batchId, asked);
    const requestId = again ?? order.requestId;
    working += 1;
    try {
      return { result: await this.work(requestId), requestId };
    } finally {
      working -= 1;
    }
  }

  async head(): Promise<Head> {
    return (await BatchRecord.load(this.store, systemClock, this.batchId)).head;
  }

  /** The secrets of a generation's devices as text, and the names of those whose secrets nobody has any more. */
  async secretsOf(generationId: string): Promise<{ text: string; lost: string[] }> {
    const generation = generationOf(await this.head(), generationId);
    const devices = [...(await loadDevices(this.store, generation)).values()];
    const { vault } = this.surroundings;
    const held = new Set(vault.of(devices).map(({ name }) => name));
    if (held.size < devices.length) {
      const until = systemClock.now() + STRETCH_MS;
      vault.remember(await readSecrets(this.ports(), this.batchId, generationId, held, until));
    }
    const found = vault.of(devices);
    const known = new Set(found.map(({ name }) => name));
    return { text: secretsText(found), lost: devices.map(({ name }) => name).filter((name) => !known.has(name)) };
  }

  ports(): EnginePorts {
    const { vault } = this.surroundings;
    return {
      store: this.store,
      clock: systemClock,
      observer: this.observer,
      vault,
      workers: processes,
      readNames: (source, since) => namesFiles(this.limits())(source, since),
      connect: async (cloud, _access, { until }) => this.connect(cloud, until),
    };
  }

  private async connect(cloud: CloudReference, until: number) {
    const { attendance, config } = this.surroundings;
    await attendance.check();
    const environment = { clock: systemClock, observer: this.observer, share: Math.max(1, working), until };
    const { source, hint } = cloudKeys(cloud, config);
    return attended(connectCloud(cloud, source, environment), attendance, hint);
  }

  private limits() {
    return limitsOf(this.inputs.cloud as CloudReference);
  }

  private async work(requestId: string): Promise<Result> {
    for (;;) {
      await this.surroundings.attendance.check();
      const until = systemClock.now() + STRETCH_MS;
      const result = await reconcile(this.ports(), this.batchId, requestId, { until, goneBy: until + LAST_CALL_MS });
      if (result.state !== 'unfinished') return result;
      await systemClock.sleep(BUSY_MS);
    }
  }
}
