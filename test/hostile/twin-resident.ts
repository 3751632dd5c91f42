import type { Inputs } from '../../lib/pulumi/inputs';
import type { ProviderMethods } from '../../lib/pulumi/methods';
import type { Outputs } from '../../lib/pulumi/state';
import type { Random } from '../simulation/random';
import { codeOf, type Watcher } from './answered';
import { changed, firstWish, type Wish } from './wish';

/** A resource as the stack's state has it. */
interface Resource {
  id: string;
  inputs: Inputs;
  outputs: Outputs;
}

/** A failed command is run again so often before its user wants something else. */
const TRIES = 3;

/** One batch of the Pulumi twin, and its user: runs one command after the other, each with a provider of its own. */
export class TwinResident {
  private state?: Resource;
  /** What was asked for last; there may be something of it, whether or not the state shows it. */
  private wish?: Wish;

  constructor(
    private readonly start: () => ProviderMethods,
    private readonly inputs: (wish: Wish) => Omit<Inputs, 'batchId'>,
    private readonly random: Random,
    private readonly watcher: Watcher,
  ) {}

  async step(): Promise<void> {
    const { random, wish } = this;
    if (!wish) return this.upTo('create', firstWish(random));
    if (!this.state) return this.upTo('create', wish);
    const kind = random.pick(['grow', 'grow', 'shrink', 'replace', 'refresh', 'destroy'] as const);
    if (kind === 'destroy') return this.destroy();
    if (kind === 'refresh') return void (await this.refresh());
    return this.upTo(kind, changed(wish, kind, random));
  }

  /** Destroys it for good. @throws where that fails. */
  async end(): Promise<void> {
    if (this.wish) await this.destroy();
    if (this.wish) throw new Error('a batch of the twin cannot be destroyed');
  }

  private async upTo(kind: string, wish: Wish): Promise<void> {
    this.wish = wish;
    await this.repeated(() => this.up(kind, wish));
  }

  private async destroy(): Promise<void> {
    const { wish } = this;
    // Of what the state does not have a destroy knows nothing: an up finds it in the journal.
    if (wish && !this.state && !(await this.repeated(() => this.up('create', wish)))) return;
    const isGone = await this.repeated(() =>
      this.command('destroy', async (provider) => {
        const { id, outputs } = this.state!;
        await provider.delete(id, outputs);
      }),
    );
    if (!isGone) return;
    this.state = this.wish = undefined;
    this.watcher.isNow(undefined, true);
  }

  private refresh(): Promise<boolean> {
    return this.command('refresh', async (provider) => {
      const { id, props } = await provider.read(this.state!.id, this.state!.outputs);
      if (id === undefined || !props) throw new Error('a refresh has lost the batch');
      this.state!.outputs = wire(props);
    });
  }

  private async up(kind: string, wish: Wish): Promise<boolean> {
    const isDone = await this.command(kind, async (provider) => {
      const { inputs, failures } = await provider.check(this.state?.inputs ?? {}, this.inputs(wish) as Inputs);
      if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join('; '));
      await this.change(provider, inputs);
    });
    if (!isDone) return false;
    this.watcher.isNow(wish, true);
    requireSecrets(this.state!.outputs);
    return true;
  }

  private async change(provider: ProviderMethods, inputs: Inputs): Promise<void> {
    const { state } = this;
    try {
      if (!state) {
        const { id, outs } = await provider.create(inputs);
        this.state = wire({ id, inputs, outputs: outs });
        return;
      }
      await provider.diff(state.id, state.outputs, inputs);
      const { outs } = await provider.update(state.id, state.outputs, inputs);
      this.state = wire({ id: state.id, inputs, outputs: outs });
    } catch (error) {
      // Pulumi keeps what such an error brings.
      const { id, properties } = error as { id?: string; properties?: Outputs };
      if (id !== undefined && properties) this.state = wire({ id, inputs, outputs: properties });
      throw error;
    }
  }

  /** Whether it succeeded. */
  private async command(kind: string, run: (provider: ProviderMethods) => Promise<void>): Promise<boolean> {
    const started = performance.now();
    const answer = { kind: `twin: ${kind}` };
    try {
      await run(this.start());
    } catch (error) {
      const failed = codeOf(error);
      this.watcher.told({ ...answer, ms: performance.now() - started, failed, said: (error as Error).message });
      return false;
    }
    this.watcher.told({ ...answer, ms: performance.now() - started });
    return true;
  }

  private async repeated(run: () => Promise<boolean>): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) if (await run()) return true;
    return false;
  }
}

/** The secrets of all devices are in the state (I4). */
function requireSecrets({ deviceNames, deviceSecrets }: Outputs): void {
  const secrets = JSON.parse(deviceSecrets) as Record<string, unknown>;
  const without = deviceNames.filter((name) => secrets[name] === undefined);
  if (without.length > 0) throw new Error(`the state has no secrets of ${without.join(', ')} (I4)`);
}

/** As it comes out of a Struct. */
function wire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
