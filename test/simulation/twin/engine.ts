import type { Inputs } from '../../../lib/pulumi/inputs';
import type { ProviderMethods } from '../../../lib/pulumi/methods';
import type { Outputs } from '../../../lib/pulumi/state';
import type { BatchSpec } from '../stack/spec';
import type { Machine } from './machine';
import { inputsOf, STACK, type Program } from './program';
import { TwinProvider, wire, type Answer } from './provider';
import type { TwinResource, TwinState } from './state';

/** One call of a method that does something, for the oracle to follow. */
export interface Operation {
  request: string;
  kind: 'create' | 'update' | 'delete' | 'read';
  batchId: string;
  spec: BatchSpec;
  /** As it was before; absent for a create. */
  resource?: TwinResource;
  askedAt: number;
}

/** Who follows the calls of a life. */
export interface Follower {
  asked(operation: Operation): void;
  /** The provider has answered, whether or not its engine hears it. */
  answered(operation: Operation, answer: Answer<unknown>, heard: boolean): void;
  /** Nobody will hear the answer: the engine is gone, or the provider. */
  cutOff(operation: Operation): void;
}

export type Outcome = 'done' | 'failed' | 'gone';

/** Told by an error that leaves something behind. */
type Left = Error & { id?: string; properties?: Outputs; reasons?: string[] };

/**
 * One command of Pulumi's CLI on a stack, as far as a provider sees it: the engine's step generator and executor (pulumi/pkg
 * resource/deploy). State is written when a method returns; a first interrupt begins nothing new, a second one abandons what runs.
 */
export class Command {
  private readonly provider: TwinProvider;
  private readonly over: Promise<'gone'>;
  private abandon: () => void = () => undefined;
  private gone = false;
  private stopped = false;
  private failed = false;

  constructor(
    private readonly machine: Machine,
    private readonly state: TwinState,
    private readonly follower: Follower,
  ) {
    this.over = new Promise((resolve) => {
      this.abandon = () => {
        this.gone = true;
        machine.world.forsaken.add(this.provider.process.id);
        resolve('gone');
      };
    });
    this.provider = new TwinProvider(machine, () => !this.gone);
    void this.provider.process.killed.then(() => {
      if (machine.world.random.chance(POWER_LOSS)) this.abandon();
      this.stopped = true;
    });
    machine.world.disturbAsker = (how) => this.disturb(how);
  }

  /** `aliases`: new names to the ones before. */
  async up(program: Program, aliases: Readonly<Record<string, string>>): Promise<Outcome> {
    const seen = new Set<TwinResource>();
    const steps: Promise<void>[] = [];
    for (const [name, spec] of Object.entries(program)) {
      if (this.stopped || this.gone) break;
      const step = await this.plan(name, spec, aliases, seen);
      if (step) steps.push(step());
    }
    await Promise.all(steps);
    if (!this.stopped && !this.gone) await this.deleteAll(this.state.resources.filter((each) => !seen.has(each)));
    return this.end();
  }

  /** Nothing but checks and differences. */
  async preview(program: Program, aliases: Readonly<Record<string, string>>): Promise<Outcome> {
    for (const [name, spec] of Object.entries(program)) {
      if (this.stopped || this.gone) break;
      await this.plan(name, spec, aliases, new Set());
    }
    return this.end();
  }

  async destroy(): Promise<Outcome> {
    await this.deleteAll([...this.state.resources]);
    return this.end();
  }

  async refresh(): Promise<Outcome> {
    await Promise.all(
      this.state.resources.filter(({ doomed }) => !doomed).map((resource) => this.refreshOne(resource)),
    );
    return this.end();
  }

  private disturb(how: 'interrupted' | 'interruptedTwice' | 'askerKilled'): void {
    this.stopped = true;
    if (how !== 'interrupted') this.abandon();
  }

  private end(): Outcome {
    // An engine that goes takes its provider with it; one that is killed leaves it alone.
    if (!this.gone) this.provider.end();
    this.machine.world.disturbAsker = () => undefined;
    return this.gone ? 'gone' : this.failed || this.stopped ? 'failed' : 'done';
  }

  /** Check and diff. What is to be done then, if anything. */
  private async plan(
    name: string,
    spec: BatchSpec,
    aliases: Readonly<Record<string, string>>,
    seen: Set<TwinResource>,
  ): Promise<(() => Promise<void>) | undefined> {
    const told = inputsOf(name, spec, this.machine.world.setting.timeoutSeconds);
    const old = this.state.find(name) ?? (aliases[name] === undefined ? undefined : this.state.find(aliases[name]));
    const inputs = await this.check(old?.inputs ?? {}, told);
    if (!inputs) return undefined;
    if (!old) return () => this.create(name, spec, inputs, undefined, seen);
    seen.add(old);
    const difference = await this.quick((methods) => methods.diff(old.id, wire(old.outputs), wire(inputs)));
    if (!difference) return undefined;
    const { changes, replaces = [] } = difference;
    if (replaces.length > 0) {
      const anew = await this.check({}, told);
      return anew && (() => this.create(name, spec, anew, old, seen));
    }
    if (old.failed || (changes ?? !isSame(old.inputs, inputs))) return () => this.update(old, name, spec, inputs);
    // The program's inputs are noted all the same.
    return () => Promise.resolve(this.note(() => Object.assign(old, { name, spec, inputs })));
  }

  private async check(olds: Partial<Inputs>, news: Inputs): Promise<Inputs | undefined> {
    const checked = await this.quick((methods) => methods.check(wire(olds), wire(news)));
    if (!checked) return undefined;
    if (checked.failures.length > 0) {
      this.machine.world.tell(`  < ${checked.failures.map(({ reason }) => reason).join('; ')}`);
      this.fail();
      return undefined;
    }
    return checked.inputs;
  }

  private async create(
    name: string,
    spec: BatchSpec,
    inputs: Inputs,
    old: TwinResource | undefined,
    seen: Set<TwinResource>,
  ): Promise<void> {
    const operation = this.operation('create', inputs.batchId, spec, old);
    const answer = await this.ask(operation, (methods) => methods.create(wire(inputs)));
    const made = answer && madeBy(answer);
    if (!made) return;
    const resource: TwinResource = { name, spec, inputs, doomed: false, failed: !('result' in answer), ...made };
    this.note(() => {
      if (old) old.doomed = true;
      if (old) seen.delete(old);
      seen.add(resource);
      this.state.resources.push(resource);
    });
  }

  private async update(old: TwinResource, name: string, spec: BatchSpec, inputs: Inputs): Promise<void> {
    const operation = this.operation('update', inputs.batchId, spec, old);
    const answer = await this.ask(operation, (methods) => methods.update(old.id, wire(old.outputs), wire(inputs)));
    if (!answer) return;
    const outputs = 'result' in answer ? answer.result.outs : (answer.error as Left).properties;
    if (!outputs) return;
    this.note(() => Object.assign(old, { name, spec, inputs, outputs: wire(outputs), failed: !('result' in answer) }));
  }

  private async deleteAll(resources: readonly TwinResource[]): Promise<void> {
    await Promise.all(resources.map((resource) => this.deleteOne(resource)));
  }

  private async deleteOne(resource: TwinResource): Promise<void> {
    if (this.stopped || this.gone) return;
    const operation = this.operation('delete', resource.outputs.batchId, resource.spec, resource);
    const answer = await this.ask(operation, (methods) => methods.delete(resource.id, wire(resource.outputs)));
    if (answer && 'result' in answer) this.note(() => this.state.remove(resource));
  }

  private async refreshOne(resource: TwinResource): Promise<void> {
    const operation = this.operation('read', resource.outputs.batchId, resource.spec, resource);
    const answer = await this.ask(operation, (methods) => methods.read(resource.id, wire(resource.outputs)));
    if (!answer || !('result' in answer)) return;
    const { id, props } = answer.result;
    this.note(() => {
      if (id === undefined || id === '' || !props) this.state.remove(resource);
      else resource.outputs = props;
    });
  }

  private operation(
    kind: Operation['kind'],
    batchId: string,
    spec: BatchSpec,
    resource: TwinResource | undefined,
  ): Operation {
    const { world } = this.machine;
    const before = resource && structuredClone(resource);
    return {
      request: `${kind}-${world.random.hex(4)}`,
      kind,
      batchId,
      spec,
      ...(before && { resource: before }),
      askedAt: world.timeline.now(),
    };
  }

  /** Undefined where nobody hears of the answer. */
  private async ask<T>(
    operation: Operation,
    run: (methods: ProviderMethods) => Promise<T>,
  ): Promise<Exclude<Answer<T>, { died: true }> | undefined> {
    const { world } = this.machine;
    const { request, batchId: batch, kind } = operation;
    world.tell(`  > ${kind} ${batch} (${request})`);
    world.tally.add('events', `twin ${kind}`);
    this.follower.asked(operation);
    const answering = this.provider.call({ stack: STACK, batch, request }, run).then((answer) => {
      world.tell(`  < ${request}: ${inWords(answer)}${this.gone ? ' (which nobody hears)' : ''}`);
      this.follower.answered(operation, answer, !this.gone);
      return answer;
    });
    const end = await Promise.race([answering, this.over]);
    if (end === 'gone' || 'died' in end || this.gone) {
      this.fail();
      this.follower.cutOff(operation);
      return undefined;
    }
    if ('error' in end) this.fail();
    return end;
  }

  /** A call that asks the cloud nothing. */
  private async quick<T>(run: (methods: ProviderMethods) => Promise<T>): Promise<T | undefined> {
    const cause = { stack: STACK, batch: '', request: 'plan' };
    const end = await Promise.race([this.provider.call(cause, run), this.over]);
    if (end !== 'gone' && 'result' in end) return end.result;
    if (end !== 'gone' && 'error' in end) this.machine.world.tell(`  < ${end.error.message}`);
    this.fail();
    return undefined;
  }

  private note(change: () => void): void {
    if (!this.gone) change();
  }

  private fail(): void {
    this.failed = this.stopped = true;
  }
}

/** Of the times that a provider is killed, how often everything else on the machine goes with it. */
const POWER_LOSS = 0.6;

function madeBy(
  answer: { result: { id: string; outs: Outputs } } | { error: Error },
): { id: string; outputs: Outputs } | undefined {
  if ('result' in answer) return { id: answer.result.id, outputs: answer.result.outs };
  const { id, properties } = answer.error as Left;
  return id !== undefined && properties ? { id, outputs: wire(properties) } : undefined;
}

function isSame(one: Inputs, other: Inputs): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function inWords(answer: Answer<unknown>): string {
  if ('died' in answer) return 'the provider died';
  if ('error' in answer) {
    const { message, id } = answer.error as Left;
    return `failed${id === undefined ? '' : `, and left ${id}`}: ${message.split('\n')[0]}`;
  }
  const { id, outs, props } = (answer.result ?? {}) as { id?: string; outs?: Outputs; props?: Outputs };
  const names = (outs ?? props)?.deviceNames;
  return `done ${id ?? ''} ${names ? names.join(' ') : ''}`;
}
