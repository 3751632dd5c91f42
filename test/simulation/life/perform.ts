import { products } from '../clouds/products';
import { Oracle } from '../oracle/oracle';
import type { Violation } from '../oracle/report';
import { Random } from '../random';
import { hasLostDeletions } from '../oracle/stored';
import { Claims } from '../stack/claims';
import { StackEvents } from '../stack/events';
import { FrameworkRules } from '../stack/framework';
import { namesIn, type BatchSpec, type Template } from '../stack/spec';
import { Stack, type Course, type StackStatus } from '../stack/stack';
import type { Tally } from '../tally';
import { SimulatedWorld } from '../world/world';
import { clockFace } from './clock-face';
import { digestOf } from './digest';
import type { Life, Step } from './life';
import { settle } from './settle';
import { inWords } from './story';

export interface Lived {
  violations: Violation[];
  /** Of everything that happened, to compare two runs of one life. */
  digest: string;
}

/** Lives a life to its end, or to the first violation. `tell` takes its story, line by line. */
export async function perform(
  life: Life,
  tally: Tally,
  tell: (line: string) => void = () => undefined,
): Promise<Lived> {
  const performance = new Performance(life, tally, tell);
  const { world, oracle } = performance;
  try {
    await world.timeline.drive(performance.run());
  } catch (error) {
    // Neither the handler nor this model may break down, or wait for ever.
    oracle.report.violated('I6', `the life broke down: ${error instanceof Error ? error.stack : String(error)}`);
  }
  return { violations: oracle.report.violations, digest: digestOf(world) };
}

/** What one life is made of while it is lived. */
export class Performance {
  readonly world: SimulatedWorld;
  readonly claims = new Claims();
  readonly oracle: Oracle;
  readonly framework: FrameworkRules;
  events: StackEvents;
  stack: Stack;
  private stacks = 0;

  constructor(
    private readonly life: Life,
    tally: Tally,
    tell: (line: string) => void,
  ) {
    const start = Date.UTC(2026, 0, 2, 3, 4, 5);
    const timed = (line: string) => tell(`${clockFace(this.world.timeline.now() - start)} ${line}`);
    this.world = new SimulatedWorld(life.seed, life.setting, tally, timed);
    this.oracle = new Oracle(this.world, this.claims, () => this.events.stackId);
    this.framework = new FrameworkRules(
      this.world,
      (event, response) => this.oracle.answered(event, response),
      (event) => this.oracle.delivering(event),
    );
    [this.events, this.stack] = this.newStack();
  }

  async run(): Promise<void> {
    for (const step of this.life.steps) {
      await this.step(step);
      if (this.oracle.report.violations.length > 0) return;
    }
    this.world.faults.begin([]);
    await settle(this);
  }

  async idle(): Promise<boolean> {
    for (let waited = 0; !this.quiet && waited < 240; waited++) await this.world.timeline.sleep(60_000);
    return this.quiet;
  }

  /** Nobody is at work. */
  private get quiet(): boolean {
    return this.framework.running === 0 && this.world.outliving === 0;
  }

  /** A stack that was deleted took its store with it; one of its name begins with nothing. */
  replaceStack(): void {
    this.world.store = this.world.emptyStore();
    [this.events, this.stack] = this.newStack();
  }

  private async step(step: Step): Promise<void> {
    const { world, oracle } = this;
    world.tell(`* ${inWords(step)}`);
    world.tally.add('steps', step.deed.do);
    world.random = new Random(step.seed);
    const debts = oracle.leftovers.debts();
    const struck = world.struck;
    // What an earlier step has deployed, and what it writes, may come in between.
    const newer = world.versionNow();
    world.liftQuotas();
    world.faults.begin(step.faults);
    await this.carryOut(step);
    const idle = this.quiet;
    const calm = !debts && !newer && world.struck === struck && idle && !oracle.leftovers.jobsRun();
    oracle.stepped(this.stack.status, idle, calm);
  }

  private async carryOut({ deed }: Step): Promise<void> {
    switch (deed.do) {
      case 'deploy':
        if (this.stack.status === 'absent' && this.events.sent.length > 0 && this.quiet) {
          // A bucket ends only then (lib/batch/empty-store.ts).
          while (hasLostDeletions(this.world)) await this.world.timeline.sleep(5_000);
          this.replaceStack();
        }
        return this.deploy(deed.template, deed.course);
      case 'rename':
        return this.rename(deed.course);
      case 'roll back':
        return this.stack.rollBackByHand(deed.course);
      case 'delete':
        return this.stack.delete();
      case 'meddle':
        return this.world.meddle(deed.how);
      case 'redeliver': {
        const { sent } = this.events;
        const event = sent[deed.which % Math.max(1, sent.length)];
        if (event) this.framework.again(event);
        return this.world.timeline.sleep(1_000);
      }
      case 'wait':
        return this.world.timeline.sleep(deed.ms);
    }
  }

  private async deploy(template: Template, course: Course): Promise<void> {
    this.world.tally.add('batches in a stack', String(Object.keys(template).length));
    await this.stack.deploy(template, course);
  }

  /** As the documentation says. Where something goes wrong on the way, it ends there. */
  private async rename(course: Course): Promise<void> {
    const before = this.stack;
    const is = (status: StackStatus) => before.status === status;
    if (!is('stable')) return;
    const template = Object.fromEntries([...before.resources].map(([batch, { spec }]) => [batch, spec]));
    await this.deploy(mapped(template, retaining), course);
    if (!is('stable') || !before.isOf(mapped(template, retaining))) return;
    await before.delete();
    if (!is('absent') || !this.quiet) return;
    this.world.tally.add('states', 'stack renamed');
    this.replaceStack();
    await this.deploy(mapped(template, taking), course);
  }

  private newStack(): [StackEvents, Stack] {
    const id = `arn:aws:cloudformation:eu-central-1:123456789012:stack/street/${++this.stacks}`;
    const { world, framework, claims, oracle } = this;
    const events = new StackEvents(world, framework, claims, oracle, id);
    return [events, new Stack(world, events, claims, (batch, spec, response) => oracle.claimOf(batch, spec, response))];
  }
}

function mapped(template: Template, change: (spec: BatchSpec) => BatchSpec): Template {
  return Object.fromEntries(Object.entries(template).map(([batch, spec]) => [batch, change(spec)]));
}

function retaining(spec: BatchSpec): BatchSpec {
  return { ...spec, removalPolicy: 'retain' };
}

/** Devices that another stack has registered: not every cloud tells their secrets again. */
function taking(spec: BatchSpec): BatchSpec {
  if (!namesIn(spec)) return spec;
  const secrets = products[spec.product].tellsSecrets ? {} : ({ deviceCredentials: 'none' } as const);
  return { ...spec, ...secrets, onExisting: 'adopt' };
}
