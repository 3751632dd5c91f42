import type { SimulatedWorld } from '../world/world';
import type { Claim, Claims } from './claims';
import type { StackEvents } from './events';
import type { CfnResponse } from './framework';
import { INVENTED, isInvented } from './identities';
import { sameSpec, type Doomed, type Resource } from './resource';
import type { BatchSpec, Template } from './spec';

/** How a deployment goes, apart from what our handler does. */
export interface Course {
  /** Independent resources change side by side. */
  together: boolean;
  /** Something else in the stack fails, while batches change or after all of them. */
  sibling?: 'while' | 'after';
  /** A change that is cancelled is waited for, or what follows comes at once. */
  waits: boolean;
  /** `--no-rollback` otherwise. */
  rollback: boolean;
  /** Under which id a failed replacement is taken back. */
  backUnder: 'old' | 'new';
  /** A replacement that succeeded is taken back by an Update and a Delete of the new id, or by the latter alone. */
  back: 'update' | 'delete';
}

export type StackStatus = 'absent' | 'stable' | 'failed' | 'rollbackFailed' | 'deleteFailed';

/** As often a Delete is tried when a change is cleaned up; then CloudFormation goes on without it. */
const CLEAN_UP_TRIES = 3;

/** CloudFormation, as far as the batches of one stack see it. */
export class Stack {
  status: StackStatus = 'absent';
  readonly resources = new Map<string, Resource>();
  /** As it was when the last operation succeeded. */
  private stable = new Map<string, Resource>();
  private doomed: Doomed[] = [];

  constructor(
    private readonly world: SimulatedWorld,
    private readonly events: StackEvents,
    private readonly claims: Claims,
    /** What CloudFormation is told to be deployed now. */
    private readonly claimOf: (batch: string, spec: BatchSpec, response: CfnResponse) => Claim | undefined,
  ) {}

  /** Whether it has just what a template says. */
  isOf(template: Template): boolean {
    return Object.entries(template).every(([batch, spec]) => !this.differs(batch, spec));
  }

  async deploy(template: Template, course: Course): Promise<void> {
    if (this.status === 'rollbackFailed' || this.status === 'deleteFailed') return this.end(this.status);
    const creating = this.status === 'absent';
    const done = await this.change(template, course);
    if (done && course.sibling !== 'after') return this.complete(template);
    if (!course.rollback) return this.end('failed');
    await this.rollBack(course, creating);
  }

  /** `cdk rollback`, or `continue-update-rollback`. */
  async rollBackByHand(course: Course): Promise<void> {
    if (this.status !== 'failed' && this.status !== 'rollbackFailed') return;
    await this.rollBack(course, this.stable.size === 0);
  }

  async delete(): Promise<void> {
    if (this.status === 'absent') return;
    const named = new Set([...this.resources.values()].map(({ id }) => id));
    this.doomed = this.doomed.filter(({ id }) => !named.has(id));
    await this.deleteDoomed();
    const all = [...this.resources];
    const removals = all.map(async ([batch, { id, spec }], i) => {
      await this.world.timeline.sleep(i * 300);
      if (await this.remove(batch, id, spec, [])) this.resources.delete(batch);
    });
    await Promise.all(removals);
    this.endDeleted();
  }

  /** False as soon as one fails; the others are cancelled then. */
  private async change(template: Template, course: Course): Promise<boolean> {
    const { timeline, random } = this.world;
    let stopped = false;
    let stop: () => void = () => undefined;
    const failure = new Promise<boolean>((resolve) => {
      stop = () => {
        stopped = true;
        resolve(false);
      };
    });
    if (course.sibling === 'while') timeline.after(random.int(0, 15_000), stop);
    const changes = random.shuffled(Object.entries(template).filter(([batch, spec]) => this.differs(batch, spec)));
    const attempts = changes.map(([batch, spec], i) => async () => {
      if (course.together) await timeline.sleep(i * random.int(0, 2_000));
      if (stopped) return true;
      const fine = await this.attempt(batch, spec, course, failure);
      if (!fine) stop();
      return fine;
    });
    const settled: Promise<boolean>[] = [];
    if (course.together) settled.push(...attempts.map((attempt) => attempt()));
    else for (const attempt of attempts) settled.push(Promise.resolve(!stopped && (await attempt())));
    const fine = (await Promise.all(settled)).every(Boolean);
    return fine && !stopped && course.sibling !== 'while';
  }

  private differs(batch: string, spec: BatchSpec): boolean {
    const present = this.resources.get(batch);
    return !present || present.state !== 'fine' || !sameSpec(present.spec, spec);
  }

  private async attempt(batch: string, spec: BatchSpec, course: Course, failure: Promise<boolean>): Promise<boolean> {
    const present = this.resources.get(batch);
    const creates = !present || present.state === 'createFailed';
    if (present && creates && this.events.neverHeard.has(batch)) {
      if (!(await this.removeUnheard(batch, present))) return false;
    } else if (present && creates) this.doomed.push({ batch, id: present.id, spec: present.spec });
    const answer = creates
      ? this.events.create(batch, spec)
      : this.events.update(batch, present.id, spec, present.spec, []);
    // What is independent is finished where nothing is going to be rolled back.
    const cancelled = failure.then(() => (course.waits || !course.rollback ? answer : undefined));
    const response = await Promise.race([answer, cancelled]);
    if (creates) this.noteCreated(batch, spec, response);
    else this.noteUpdated(batch, spec, present, response, course);
    return response?.Status === 'SUCCESS';
  }

  /**
   * Nothing could tell a Delete of a Create that never reached anybody, if it came later, from that of the next; nor, as it has been
   * taken for the Delete of one before that was answered in vain, the Delete of that one.
   */
  private async removeUnheard(batch: string, present: Resource): Promise<boolean> {
    const unheard = this.doomed.filter((each) => each.batch === batch && isInvented(each.id));
    for (const each of [...unheard, present]) {
      if (!(await this.remove(batch, each.id, each.spec, []))) return false;
      this.doomed = this.doomed.filter((other) => other !== each);
    }
    return true;
  }

  private noteCreated(batch: string, spec: BatchSpec, response: CfnResponse | undefined): void {
    this.believe(batch, spec, response);
    const id = response?.PhysicalResourceId ?? `${INVENTED}${batch}-${this.world.random.hex(6).toUpperCase()}`;
    this.resources.set(batch, { id, spec, state: response?.Status === 'SUCCESS' ? 'fine' : 'createFailed' });
  }

  private noteUpdated(
    batch: string,
    spec: BatchSpec,
    present: Resource,
    response: CfnResponse | undefined,
    { backUnder }: Course,
  ): void {
    if (response?.Status === 'SUCCESS') {
      this.believe(batch, spec, response);
      const { PhysicalResourceId: id } = response;
      if (id !== present.id) this.doomed.push({ batch, id: present.id, spec: present.spec });
      this.resources.set(batch, { id, spec, state: 'fine' });
      return;
    }
    const id = backUnder === 'new' && response ? response.PhysicalResourceId : present.id;
    // An id that was once answered with success is never forgotten.
    if (id !== present.id) this.doomed.push({ batch, id: present.id, spec: present.spec });
    this.resources.set(batch, { id, spec, state: 'updateFailed' });
  }

  /** Everything succeeded: what is not in the template any more, or was replaced, is deleted. */
  private async complete(template: Template): Promise<void> {
    for (const [batch, { id, spec }] of this.resources) {
      if (template[batch]) continue;
      this.doomed.push({ batch, id, spec });
      this.resources.delete(batch);
    }
    this.stable = new Map(this.resources);
    await this.cleanUp();
    this.end('stable');
  }

  private async rollBack(course: Course, creating: boolean): Promise<void> {
    this.world.tell('  - rolling back');
    const obsolete: Doomed[] = [];
    for (const [batch, present] of [...this.resources]) {
      const before = this.stable.get(batch);
      if (!before) {
        obsolete.push({ batch, id: present.id, spec: present.spec });
        if (!creating) this.resources.delete(batch);
      } else if (present !== before) {
        const restored = await this.takeBack(batch, present, before, course);
        if (!restored) {
          this.doomed.push(...obsolete);
          return this.end('rollbackFailed');
        }
        if (present.id !== restored.id) obsolete.push({ batch, id: present.id, spec: present.spec });
        this.resources.set(batch, restored);
      }
    }
    const kept = new Set([...this.resources.values()].map(({ id }) => id));
    this.doomed = [...this.doomed, ...obsolete].filter(({ id }) => creating || !kept.has(id));
    if (creating) return this.deleteCreated();
    this.stable = new Map(this.resources);
    await this.cleanUp();
    this.end('stable');
  }

  /** The resource as it was, or undefined if that fails. */
  private async takeBack(
    batch: string,
    present: Resource,
    before: Resource,
    { back }: Course,
  ): Promise<Resource | undefined> {
    // Who has begun with an Update goes on with it.
    const deletes = back === 'delete' && this.status !== 'rollbackFailed';
    if (deletes && present.state === 'fine' && present.id !== before.id) return before;
    if (present.id !== before.id) this.claims.release(present.id);
    const response = await this.events.update(batch, present.id, before.spec, present.spec, [before.id]);
    if (response?.Status !== 'SUCCESS') return undefined;
    this.believe(batch, before.spec, response);
    return { id: response.PhysicalResourceId, spec: before.spec, state: 'fine' };
  }

  /** A stack that was never there is taken back by deleting what there is of it; what cannot be deleted stays. */
  private async deleteCreated(): Promise<void> {
    await this.deleteDoomed();
    this.endDeleted();
  }

  private async deleteDoomed(): Promise<void> {
    for (const each of this.doomed.splice(0)) {
      const { batch, id, spec } = each;
      const gone = await this.remove(batch, id, spec, []);
      if (!gone) this.doomed.push(each);
      else if (this.resources.get(batch)?.id === id) this.resources.delete(batch);
    }
  }

  private endDeleted(): void {
    if (this.resources.size > 0 || this.doomed.length > 0) return this.end('deleteFailed');
    this.stable = new Map();
    this.end('absent');
  }

  private async cleanUp(): Promise<void> {
    for (const { batch, id, spec } of this.world.random.shuffled(this.doomed.splice(0))) {
      const kept = this.resources.get(batch)?.id;
      let gone = false;
      for (let tries = 0; tries < CLEAN_UP_TRIES && !gone; tries++) {
        gone = await this.remove(batch, id, spec, kept === undefined ? [] : [kept]);
      }
      if (gone) continue;
      this.world.tally.add('states', 'clean-up skipped');
      this.claims.skipped.set(id, batch);
    }
  }

  private async remove(batch: string, id: string, spec: BatchSpec, keeps: string[]): Promise<boolean> {
    return (await this.events.delete(batch, id, spec, keeps))?.Status === 'SUCCESS';
  }

  private believe(batch: string, spec: BatchSpec, response: CfnResponse | undefined): void {
    const claim = response?.Status === 'SUCCESS' ? this.claimOf(batch, spec, response) : undefined;
    if (claim) this.claims.add(claim);
  }

  private end(status: StackStatus): void {
    this.status = status;
    this.world.tally.add('states', `stack ${status}`);
    this.world.tell(`  = ${status}`);
  }
}
