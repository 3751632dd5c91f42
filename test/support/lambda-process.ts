import type { DeviceSecrets } from '../../handler/device-secrets';
import type { Invocation } from '../../handler/framework';
import type { HandlerPorts } from '../../handler/ports';
import type { Clock } from '../../lib/batch/ports/clock';
import type { Store } from '../../lib/batch/ports/store';
import type { Transport } from '../../lib/clouds/http/transport';
import { storeThrough } from '../../lib/stores/store-through';
import type { MemorySecrets } from './memory-secrets';
import { requestedAction } from './requested-action';

export type Death = 'crashed' | 'outOfMemory' | 'timedOut';

/** When a process is to die: before, or just after, the first I/O that `at` recognises. */
export interface Sentence {
  kind: Death;
  at: (what: string) => boolean;
  after?: boolean;
}

/**
 * One invocation's process: whatever the handler does outside of itself goes through here. When it is over, or killed, nothing
 * of it goes out any more, and nothing comes back to it.
 */
export class LambdaProcess {
  /** How it died, if it does: not before its time is over where that is the reason. */
  readonly death: Promise<Death>;
  private reportDeath: (how: Death) => void = () => undefined;
  private over = false;

  constructor(
    private readonly machine: Clock,
    private readonly end: number,
    private readonly sentence?: Sentence,
  ) {
    this.death = new Promise((resolve) => (this.reportDeath = resolve));
  }

  get invocation(): Invocation {
    return { getRemainingTimeInMillis: () => this.end - this.machine.now() };
  }

  /** The function has returned: Lambda freezes what is left of it. */
  freeze(): void {
    this.over = true;
  }

  get clock(): Clock {
    const { machine } = this;
    return {
      now: () => machine.now(),
      random: () => machine.random(),
      nonce: (bytes) => machine.nonce(bytes),
      sleep: (ms, ending) => this.alive(() => machine.sleep(Math.min(ms, this.end - machine.now()), ending)),
    };
  }

  store(store: Store): Store {
    return storeThrough(store, (verb, key, call) => this.io(`store ${verb} ${key}`, call));
  }

  transport(transport: Transport): Transport {
    return {
      send: (request) => this.io(`cloud ${requestedAction(request)}`, () => transport.send(request)),
      close: () => transport.close(),
    };
  }

  readObject(readObject: HandlerPorts['readObject']): HandlerPorts['readObject'] {
    return (bucket, key) => this.io(`object ${key}`, () => readObject(bucket, key));
  }

  deviceSecrets(secrets: MemorySecrets): DeviceSecrets {
    return secrets.by((what, run) => this.io(what, run));
  }

  readSecret(readSecret: HandlerPorts['readSecret']): HandlerPorts['readSecret'] {
    return (arn) => this.io('secret', () => readSecret(arn));
  }

  private async io<T>(what: string, run: () => Promise<T>): Promise<T> {
    const { sentence } = this;
    const doomed = sentence?.at(what) ?? false;
    if (doomed && !sentence?.after) this.die(sentence?.kind);
    const result = await this.alive(run);
    if (!doomed) return result;
    this.die(sentence?.kind);
    return never();
  }

  private async alive<T>(run: () => Promise<T>): Promise<T> {
    if (this.over) return never();
    try {
      return await run();
    } finally {
      if (this.machine.now() >= this.end) this.die('timedOut');
      if (this.over) await never();
    }
  }

  private die(how: Death = 'crashed'): void {
    if (this.over) return;
    this.over = true;
    if (how !== 'timedOut') return this.reportDeath(how);
    void this.machine.sleep(this.end - this.machine.now()).then(() => this.reportDeath(how));
  }
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
