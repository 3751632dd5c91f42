import { settle as settleStore } from '../../../lib/batch';
import { listBatches } from '../../../lib/batch/record/batch-record';
import { ProcessRates } from '../../../lib/clouds/process-rates';
import type { MemoryStore } from '../../support/memory-store';
import { digestOf } from '../life/digest';
import type { Lived } from '../life/perform';
import { clockFace } from '../life/clock-face';
import { Random } from '../random';
import type { Tally } from '../tally';
import { connectTo } from '../world/connect';
import { Process } from '../world/process';
import { ProcessStore } from '../world/process-store';
import { BY_HAND, EVERY_BATCH } from '../world/settle-by-hand';
import { SimulatedWorld } from '../world/world';
import { Command, type Outcome } from './engine';
import type { TwinDeed, TwinLife, TwinStep } from './life';
import { Machine } from './machine';
import { STACK, type Program } from './program';
import { TwinState } from './state';
import { inWords } from './story';
import { TwinOracle } from './twin-oracle';

/** Lives a life of a Pulumi stack to its end, or to the first violation. */
export async function performTwin(
  life: TwinLife,
  tally: Tally,
  tell: (line: string) => void = () => undefined,
): Promise<Lived> {
  const performance = new TwinPerformance(life, tally, tell);
  const { world, oracle } = performance;
  try {
    await world.timeline.drive(performance.run());
  } catch (error) {
    oracle.report.violated('I6', `the life broke down: ${error instanceof Error ? error.stack : String(error)}`);
  }
  return { violations: oracle.report.violations, digest: digestOf(world) };
}

/** How state and journal were after a step. */
interface Copy {
  state: TwinState;
  journal: MemoryStore['objects'];
}

class TwinPerformance {
  readonly world: SimulatedWorld;
  readonly oracle: TwinOracle;
  private readonly machine: Machine;
  private state = new TwinState();
  private readonly copies: Copy[] = [];
  private program: Program = {};
  private aliases: Readonly<Record<string, string>> = {};

  constructor(
    private readonly life: TwinLife,
    tally: Tally,
    tell: (line: string) => void,
  ) {
    const start = Date.UTC(2026, 0, 2, 3, 4, 5);
    const timed = (line: string) => tell(`${clockFace(this.world.timeline.now() - start)} ${line}`);
    this.world = new SimulatedWorld(life.seed, life.setting, tally, timed);
    this.machine = new Machine(this.world);
    this.oracle = new TwinOracle(this.world, this.machine, () => this.state);
  }

  async run(): Promise<void> {
    this.remember();
    for (const step of this.life.steps) {
      await this.step(step);
      if (this.isBroken) return;
      this.remember();
    }
    this.world.faults.begin([]);
    await this.finish();
  }

  private get isBroken(): boolean {
    return this.oracle.report.violations.length > 0;
  }

  private get quiet(): boolean {
    return this.machine.atWork === 0;
  }

  private async step(step: TwinStep): Promise<void> {
    const { world, oracle } = this;
    const { tally, faults } = world;
    world.tell(`* ${inWords(step)}`);
    tally.add('steps', `twin ${step.deed.do}`);
    world.random = new Random(step.seed);
    const debts = oracle.leftovers.debts() || !this.quiet;
    const struck = world.struck;
    faults.begin(step.faults);
    if (step.byNewer) this.useNewer();
    const outcome = await this.carryOut(step.deed);
    world.withdrawNewer();
    if (outcome) {
      tally.add('states', `command ${outcome}`);
      world.tell(`  = ${outcome}`);
    }
    const calm = !debts && world.struck === struck && this.quiet && !oracle.leftovers.jobsRun();
    oracle.stepped(outcome, this.quiet, calm);
  }

  /** A colleague's package: it writes members into records that this one does not know, and must keep. */
  private useNewer(): void {
    this.world.tally.add('states', 'newer package');
    this.world.deployNewer('minor', Infinity);
  }

  private async carryOut(deed: TwinDeed): Promise<Outcome | undefined> {
    switch (deed.do) {
      case 'up': {
        const { program, aliases, previews } = deed;
        Object.assign(this, { program, aliases });
        if (previews) {
          const outcome = await this.command().preview(program, aliases);
          if (outcome !== 'done') return outcome === 'gone' ? 'gone' : 'failed';
        }
        return this.command().up(program, aliases);
      }
      case 'refresh':
        return this.notAll(await this.command().refresh());
      case 'destroy':
        return this.command().destroy();
      case 'settle':
        return void (await this.settle([]));
      case 'meddle':
        return void this.world.meddle(deed.how);
      case 'lose':
        await this.idle();
        return void this.lose(deed.what, deed.back);
      case 'wait':
        return void (await this.world.timeline.sleep(deed.ms));
    }
  }

  /** What a command has done that leaves changes for the next one. */
  private notAll(outcome: Outcome): Outcome | undefined {
    return outcome === 'done' ? undefined : outcome;
  }

  private command(): Command {
    return new Command(this.machine, this.state, this.oracle);
  }

  private remember(): void {
    this.copies.push({ state: this.state.copy(), journal: new Map(this.machine.journal.objects) });
  }

  private lose(what: 'state' | 'journal' | 'both', back: number): void {
    const copy = back === 0 ? undefined : this.copies.at(-1 - back);
    if (what !== 'journal') {
      const after = copy?.state.copy() ?? new TwinState();
      this.oracle.stateLost(this.state, after);
      this.state = after;
    }
    if (what === 'state') return;
    this.oracle.journalLost();
    const { objects } = this.machine.journal;
    objects.clear();
    for (const [key, object] of copy?.journal ?? []) objects.set(key, object);
    this.oracle.journalCameBack();
  }

  /** The end of each life: nothing goes wrong any more, every job ends, and the stack is destroyed. Then nothing may be left. */
  private async finish(): Promise<void> {
    const { world, oracle } = this;
    world.tell('* nothing goes wrong any more: the stack is destroyed');
    await world.timeline.sleep(ABANDONED_MS);
    world.releaseJobs();
    await this.idle();
    if (world.random.chance(0.5)) {
      world.tell(`  = ${await this.command().up(this.program, this.aliases)}`);
      await this.idle();
      if (this.isBroken) return;
    }
    for (let tries = 0; tries < MOST_TRIES && this.state.resources.length > 0; tries++) {
      world.tell(`  = ${await this.command().destroy()}`);
      if (this.state.resources.length > 0) world.deleteConnectedByHand();
    }
    await this.idle();
    oracle.stepped(undefined, true, false);
    oracle.destroyed(this.state.resources.length === 0);
    if (this.isBroken) return;
    world.tell('* settled by hand');
    await this.settle(await listBatches(this.machine.journal));
    oracle.settled();
  }

  private async idle(): Promise<void> {
    for (let waited = 0; !this.quiet && waited < 240; waited++) await this.world.timeline.sleep(60_000);
    if (!this.quiet) this.oracle.report.violated('I6', 'a provider works on and on');
  }

  /** `npx iot-device-batch settle`, in a process of its own. */
  private async settle(remove: string[]): Promise<void> {
    const { world, machine } = this;
    const cause = { stack: STACK, batch: EVERY_BATCH, request: BY_HAND };
    const process = new Process(world, world.nextProcess(), cause, LONGEST_MS, false);
    const { clock } = process;
    const rates = new ProcessRates(clock, 1);
    const ports = {
      store: new ProcessStore(process, machine.journal),
      clock,
      observer: {
        log: (level: string, message: string, fields?: Record<string, unknown>) =>
          void world.logs.push(`${level}: ${message} ${JSON.stringify(fields ?? {})}`),
        progress: () => undefined,
      },
      vault: noVault,
      workers: { self: machine.workerOf(process), isDead: (worker: string) => machine.isDead(worker) },
      connect: async (...[cloud, , { until }]: Parameters<Parameters<typeof settleStore>[0]['connect']>) =>
        connectTo(process, cloud, { clock, observer: ports.observer, rates: rates.of(cloud), until }),
    };
    machine.atWork++;
    try {
      const wishes = { remove, deleteActivated: [], forget: [] };
      const settling = settleStore(ports, wishes, { deadline: clock.now() + LONGEST_MS / 2 });
      const end = await Promise.race([settling, process.killed]);
      if (end !== 'killed') {
        world.logs.push(JSON.stringify(end));
        world.tell(`  < ${JSON.stringify(end)}`);
      }
    } catch (error) {
      world.tell(`  < settle failed: ${(error as Error).message}`);
    } finally {
      machine.atWork--;
      process.end();
      machine.ended.add(process.id);
    }
  }
}

const ABANDONED_MS = 3_600_000;
const LONGEST_MS = 7_200_000;
const MOST_TRIES = 5;

/** Settling keeps no secrets, and the journal has none. */
const noVault = {
  savePart: async () => undefined,
  read: async function* () {
    yield* [];
  },
  finish: async () => undefined,
  forget: async () => undefined,
};
