import { gunzipSync } from 'node:zlib';
import type { Outputs } from '../../../lib/pulumi/state';
import { Answers } from '../oracle/answers';
import { Deletions } from '../oracle/deletions';
import { DeviceHistory, type DeviceStory } from '../oracle/device-history';
import { Leftovers } from '../oracle/leftovers';
import { Patience } from '../oracle/patience';
import { Policies } from '../oracle/policies';
import { Rates } from '../oracle/rates';
import { Registrations } from '../oracle/registrations';
import { Report } from '../oracle/report';
import {
  answersFor,
  discardedGenerations,
  hasJob,
  rememberedGenerations,
  storedGenerations,
  type StoredGeneration,
  type StoredManifest,
  type StoredSecrets,
} from '../oracle/stored';
import { standingDevices } from '../oracle/standing-devices';
import { Successes, type Deployed } from '../oracle/success';
import { Claims } from '../stack/claims';
import { isIdentityOf } from '../stack/identities';
import type { BatchSpec } from '../stack/spec';
import type { CallRecord } from '../world/calls';
import type { SimulatedWorld } from '../world/world';
import type { Follower, Operation, Outcome } from './engine';
import type { Machine } from './machine';
import { credentialsOf, namesAfter, STACK } from './program';
import type { Answer } from './provider';
import type { TwinResource, TwinState } from './state';

/** Beyond an operation's own time: a lease of somebody who died elsewhere, and as long as a process may stand still. */
const MOST_WAIT_MS = 2_000_000;

/** How far the clocks of two processes may be apart. */
const MOST_SKEW_MS = 3_000;

/**
 * Judges the life of a Pulumi stack as the other oracle does that of CloudFormation's: by the cloud's journal, by what Pulumi was
 * told, and by the documented formats of state and journal.
 */
export class TwinOracle implements Follower {
  readonly report = new Report();
  readonly leftovers: Leftovers;
  readonly claims = new Claims();
  private readonly history: DeviceHistory;
  private readonly deletions: Deletions;
  private readonly registrations: Registrations;
  private readonly successes: Successes;
  private readonly answers: Answers;
  private readonly patience: Patience;
  private readonly rates: Rates;
  private readonly policies = new Policies(({ id }) => id);
  /** Every operation so far, oldest first. */
  private readonly operations: Operation[] = [];
  /** Resources (by id) of which an update was cut off, or failed for want of its journal, or that were to be deleted: nobody can tell what stands. */
  private readonly unsure = new Set<string>();
  /** Batches of which a create was cut off: only the journal knows what it has made. */
  private readonly unheard = new Set<string>();
  /** Generations that a state told of which is lost. */
  private readonly orphaned = new Set<string>();
  /** Of calls up to this one the journal may know nothing any more. */
  private forgottenUpTo = 0;
  private readonly remembered = new Set<string>();
  /** Batches, each with a device that an old journal took for its own, or a lost one for nobody else's. */
  private readonly misleading = new Set<string>();
  /**
   * Devices that an old journal has in a change which was not finished then, with that change's batch: who settles what others owe has
   * nothing but the journal to go by.
   */
  private readonly unfinished = new Map<string, string>();
  private stateLostAt = -1;
  private journalCameBackAt = -1;
  /** Whether records have been written anew, or will be, from what another copy shows. */
  private isRewritten = false;
  /** Devices that an old journal has with another batch than the state, which may leave them to that one. */
  private readonly contested = new Set<string>();
  /** Devices that a batch took for a stranger's when it adopted them. */
  private readonly takenOver = new Set<string>();

  constructor(
    private readonly world: SimulatedWorld,
    private readonly machine: Machine,
    private readonly state: () => TwinState,
  ) {
    const { report, policies, claims } = this;
    this.history = new DeviceHistory(world);
    const isMisled = ({ identity }: DeviceStory, batch: string) =>
      this.misleading.has(`${batch} ${identity}`) || (this.unfinished.get(identity) ?? batch) !== batch;
    this.deletions = new Deletions(world, this.history, claims, policies, report, isMisled);
    this.registrations = new Registrations(world, report);
    const isMistaken = ({ madeAt, deleted }: DeviceStory) =>
      madeAt < this.stateLostAt || (deleted !== undefined && deleted.at <= this.journalCameBackAt);
    const isForgotten = ({ madeBy }: DeviceStory) => madeBy !== undefined && madeBy.seq <= this.forgottenUpTo;
    this.successes = new Successes(world, this.history, report, isMistaken, isForgotten);
    this.answers = new Answers(world, report);
    const asker = {
      stack: () => STACK,
      isExcused: (generation: StoredGeneration) => this.isExcused(generation),
      isForgotten: (device: DeviceStory) => this.isForgotten(device),
      isKnown: (device: DeviceStory) => this.isInState(device),
    };
    this.leftovers = new Leftovers(world, this.history, claims, policies, report, asker, this.answers);
    this.patience = new Patience(world, report);
    this.rates = new Rates(world, report);
    world.executed = (call: CallRecord) => {
      this.deletions.executed(call);
      this.registrations.executed(call);
    };
  }

  asked(operation: Operation): void {
    const { kind, resource, spec, batchId } = operation;
    this.operations.push(operation);
    // What is replaced goes by what replaces it.
    if (kind === 'create' || kind === 'update') this.policies.asked(batchId, spec, resource?.id);
    if (!resource) return;
    if (kind === 'delete') {
      this.claims.release(resource.id);
      // What a destroy began goes on, unless a change that succeeds takes the devices back.
      this.unsure.add(resource.id);
    }
    if (kind === 'update') this.narrow(resource, namesAfter(spec, batchId));
  }

  answered(operation: Operation, answer: Answer<unknown>, heard: boolean): void {
    const { request, kind, batchId, spec, resource, askedAt } = operation;
    if ('died' in answer) return this.stoodUntold(operation, resource?.id);
    const failure = 'error' in answer ? (answer.error as Error & { properties?: Outputs }) : undefined;
    const { outs, props } = (('result' in answer && answer.result) || {}) as { outs?: Outputs; props?: Outputs };
    const outputs = outs ?? props ?? failure?.properties;
    const line = failure?.message.split('\n')[0];
    // What nobody hears is in the journal still, and `status` shows it.
    this.answers.heard(batchId, [failure?.message, textOf(outputs)].join('\n'), heard ? line : undefined);
    if (heard) this.patience.check(request, line, askedAt);
    const late = this.world.timeline.now() - askedAt - 2 * this.world.setting.timeoutSeconds * 1000;
    if (heard && late > MOST_WAIT_MS) this.report.violated('I6', `${request} took ${late} ms too long`);
    if (heard && line?.endsWith('[Superseded]') && !this.isRivalled(operation)) {
      this.report.violated('I5', `${request} was superseded, and nothing came after it`);
    }
    if (kind === 'read' && props && heard) this.checkDrift(operation, props);
    // Only the journal knows what it has made, when that can be read again.
    if (kind === 'create' && line?.endsWith('[JournalUnavailable]')) this.unheard.add(batchId);
    if (line?.endsWith('[JournalUnavailable]')) this.stoodUntold(operation);
    if (!outputs || (kind !== 'create' && kind !== 'update')) {
      if (heard && kind === 'update' && resource) this.restore(resource, line ?? '');
      return;
    }
    const id = kind === 'create' ? idOf(answer) : (resource?.id ?? '');
    const deployed = this.deployedBy(id, spec, outputs);
    if (failure) {
      const same = outputs.record.generation === resource?.outputs.record.generation;
      if (heard && kind === 'update' && resource && same) this.restore(resource, line ?? '');
      // The change itself was made, though something of it failed.
      else if (heard) {
        const made = this.successes.claimOf(batchId, spec, deployed);
        this.policies.told(made);
        this.claims.add(made);
      }
      if (heard && kind === 'create') this.unheard.delete(batchId);
      return;
    }
    const claim = this.successes.claimOf(batchId, spec, deployed);
    this.policies.told(claim);
    if (spec.onExisting) this.takeOver(operation, [...claim.devices.values()]);
    if (!heard) return;
    this.claims.add(claim);
    this.unsure.delete(id);
    if (kind === 'create' && !resource) this.unheard.delete(batchId);
    // What was cut off goes on: it is as old as its generation.
    const bornAt = storedGenerations(this.world.store).find((each) => each.id === deployed.generation)?.bornAt;
    const since = Math.min(askedAt, (bornAt ?? askedAt) - MOST_SKEW_MS);
    this.successes.check(batchId, spec, deployed, since);
  }

  cutOff({ kind, batchId, resource }: Operation): void {
    if (kind === 'create') this.unheard.add(batchId);
    if (resource) this.unsure.add(resource.id);
  }

  /** The state is lost, or again as it was: what it shows now, nobody can count on until something has succeeded. */
  stateLost(before: TwinState, after: TwinState): void {
    this.isRewritten = true;
    this.stateLostAt = this.world.timeline.now();
    for (const claim of this.claims.all()) this.claims.release(claim.id);
    const batches = new Set([...before.resources, ...after.resources].map(({ outputs }) => outputs.batchId));
    for (const { id, batchId } of rememberedGenerations(this.world.store)) {
      if (batches.has(batchId)) this.orphaned.add(id);
    }
    // What an earlier journal told as well.
    this.remembered.clear();
    for (const { outputs } of before.resources) this.orphaned.add(outputs.record.generation);
    for (const { id, spec, outputs } of after.resources) {
      this.unsure.add(id);
      // With the state comes its policy.
      this.policies.asked(outputs.batchId, spec, id);
    }
  }

  /** What only the journal knew by now, nobody knows. */
  journalLost(): void {
    this.isRewritten = true;
    this.displace();
    this.forgottenUpTo = this.world.calls.all.length;
    for (const call of this.world.calls.all) call.forgotten = true;
    this.remembered.clear();
    const claims = this.claims.all();
    for (const { devices } of claims) for (const identity of devices.values()) this.remembered.add(identity);
    // Of those that another batch has as well its own state knows nothing.
    for (const { batch, devices } of claims) {
      const others = claims.filter((claim) => claim.batch !== batch).flatMap((claim) => [...claim.devices.values()]);
      for (const identity of others) if ([...devices.values()].includes(identity)) this.mislead(batch, identity);
    }
    for (const { id } of this.state().resources) this.unsure.add(id);
  }

  /** An old journal may take batches for standing that the state has not any more: nothing tells that they were deleted. */
  journalCameBack(): void {
    this.journalCameBackAt = this.world.timeline.now();
    this.displace();
    const known = new Set(this.state().resources.map(({ outputs }) => outputs.batchId));
    for (const { id, batchId } of rememberedGenerations(this.world.store)) {
      if (!known.has(batchId)) this.orphaned.add(id);
    }
    for (const generation of rememberedGenerations(this.world.store)) {
      if (!known.has(generation.batchId)) this.misleadBy(generation);
      this.contest(generation);
    }
  }

  /** From a state alone nobody can tell whether what was replaced is deleted by now, so it may go at any time. */
  private displace(): void {
    for (const { id, doomed } of this.state().resources) if (doomed) this.claims.release(id);
  }

  private contest(generation: StoredGeneration): void {
    const { store } = this.world;
    for (const { product, name, identity, job, deleted } of this.history.all()) {
      const isItsOwn =
        answersFor(store, generation, name, identity) || (job !== undefined && hasJob(store, generation, job));
      if (deleted || !isItsOwn) continue;
      if (generation.phase !== 'standing') this.unfinished.set(identity, generation.batchId);
      const claim = this.claims.of(product, name, identity);
      if (claim && claim.batch !== generation.batchId) this.contested.add(identity);
    }
  }

  /** An old journal says that the batch made these devices and that nobody has heard of them; they may be another's since. */
  private misleadBy(generation: StoredGeneration): void {
    for (const { name, identity, deleted } of this.history.all()) {
      if (deleted || !answersFor(this.world.store, generation, name, identity)) continue;
      this.mislead(generation.batchId, identity);
    }
  }

  private mislead(batch: string, identity: string): void {
    this.misleading.add(`${batch} ${identity}`);
  }

  /** `calm`: nothing went wrong in this step, nor was anything owed before it. */
  stepped(outcome: Outcome | undefined, idle: boolean, calm: boolean): void {
    // The journal tells of devices that cannot be proven anybody's, and `status` shows it.
    for (const { drop } of storedGenerations(this.world.store)) {
      if (drop?.suspects) this.answers.heard('', `cannot be proven: ${drop.suspects.join()}`);
    }
    this.registrations.check();
    this.rates.check();
    for (const lost of this.world.lostOfNewer.splice(0)) {
      if (this.isRewritten) continue;
      this.report.violated('I5', `an older version lost what a newer one had written: ${lost}`);
    }
    if (outcome === 'done') this.policies.completed(this.claims.all());
    if (!idle) return;
    this.leftovers.checkRemembered();
    this.answers.checkSecrets();
    if (outcome === 'done' && calm) this.leftovers.checkNone('after a command in which nothing went wrong');
  }

  destroyed(done: boolean): void {
    if (!done) this.report.violated('I2', 'the stack could not be destroyed in the end');
    this.leftovers.checkNone('after everything was destroyed');
  }

  settled(): void {
    this.leftovers.checkNothingAtAll();
    this.answers.checkSecrets();
  }

  private narrow(resource: TwinResource, names: readonly string[] | undefined): void {
    const claim = this.claims.release(resource.id);
    if (!claim || !names) return;
    const kept = new Set(names);
    this.claims.add({
      ...claim,
      devices: new Map([...claim.devices].filter(([name]) => kept.has(name))),
      byName: new Set([...claim.byName].filter((name) => kept.has(name))),
    });
  }

  /** What stands, and was not told: nobody can know whether that was heard. */
  private stoodUntold(operation: Operation, owner?: string): void {
    const { batchId, spec } = operation;
    const devices = standingDevices(this.world.store, this.history, batchId);
    for (const identity of devices) this.policies.stood(batchId, identity, owner);
    if (spec.onExisting) this.takeOver(operation, devices);
  }

  /** Whoever adopts what a batch has made of which the journal has lost the record takes it for a stranger's, and it is one from then on. */
  private takeOver({ kind, batchId }: Operation, identities: readonly string[]): void {
    for (const identity of identities) {
      const { madeBy } = this.history.of(identity) ?? {};
      const isStranger = madeBy && (madeBy.batch !== batchId || kind === 'create');
      if (isStranger && madeBy.seq <= this.forgottenUpTo) this.takenOver.add(identity);
    }
  }

  /** A change failed, and what was before stands still, if that can be told. */
  private restore(resource: TwinResource, line: string): void {
    const cut = /\[(JournalUnavailable|Superseded|Unexpected)\]$/.test(line);
    if (cut) this.unsure.add(resource.id);
    if (this.unsure.has(resource.id) || resource.failed) return;
    const { id, outputs, spec } = resource;
    this.claims.add(this.successes.claimOf(outputs.batchId, spec, this.deployedBy(id, spec, outputs)));
  }

  private isRivalled(operation: Operation): boolean {
    const at = this.operations.indexOf(operation);
    return this.operations.some(({ batchId }, i) => i > at && batchId === operation.batchId);
  }

  private checkDrift({ askedAt }: Operation, { deviceNames, manifest, record, drift = [] }: Outputs): void {
    const shown = rememberedGenerations(this.world.store).find(({ id }) => id === record.generation);
    // What is on its way up or down is for the next up to finish.
    if (shown?.phase !== 'standing') return;
    const { devices = [] } = manifest === '' ? {} : (JSON.parse(manifest) as StoredManifest);
    for (const { name, id } of devices) {
      const story = this.history.of(id);
      if (!story) continue;
      const wasGone = story.deleted !== undefined && story.deleted.at < askedAt;
      if (wasGone && deviceNames.includes(name))
        this.report.violated('I4', `a refresh shows ${name} (${id}), which had been deleted`);
      if (!story.deleted && drift.includes(name)) this.report.violated('I4', `a refresh misses ${name} (${id})`);
    }
  }

  private deployedBy(id: string, spec: BatchSpec, outputs: Outputs): Deployed {
    const { record, manifest, deviceCount, deviceSecrets, resourceUrn } = outputs;
    const name = resourceUrn.split('::').at(-1) ?? '';
    const place = credentialsOf(name, spec.deviceCredentials);
    const text = typeof place === 'object' ? (this.machine.files.get(place.file) ?? '{}') : deviceSecrets;
    return {
      id,
      generation: record.generation,
      ...(manifest !== '' && { manifest: JSON.parse(manifest) as StoredManifest }),
      count: deviceCount,
      secrets: () => secretsIn(text),
    };
  }

  private isForgotten({ madeBy, name, identity }: DeviceStory): boolean {
    if (this.takenOver.has(identity) || this.contested.has(identity)) return true;
    const { store } = this.world;
    // Only another state or journal than the last one may be the reason for it.
    const aside = this.isRewritten ? discardedGenerations(store) : [];
    if (aside.some((each) => answersFor(store, each, name, identity))) return true;
    return madeBy !== undefined && madeBy.seq <= this.forgottenUpTo && !this.remembered.has(identity);
  }

  private isInState({ name, identity }: DeviceStory): boolean {
    return this.state().resources.some(({ outputs }) => {
      const { devices = [] } = outputs.manifest === '' ? {} : (JSON.parse(outputs.manifest) as StoredManifest);
      return devices.some((each) => each.name === name && isIdentityOf(each.id, { name, identity }));
    });
  }

  private isExcused({ id, batchId }: StoredGeneration): boolean {
    return this.orphaned.has(id) || this.unheard.has(batchId);
  }
}

function idOf(answer: Answer<unknown>): string {
  if ('result' in answer) return (answer.result as { id: string }).id;
  return 'error' in answer ? String((answer.error as Error & { id?: string }).id) : '';
}

/** Everything of a state but the one output that is a secret. */
export function textOf(outputs: Partial<Outputs> | undefined): string {
  if (!outputs) return '';
  const { deviceSecrets: _, ...rest } = outputs;
  const snapshot = outputs.record && gunzipSync(Buffer.from(outputs.record.snapshot, 'base64')).toString('utf8');
  return `${JSON.stringify(rest)}\n${snapshot ?? ''}`;
}

function secretsIn(text: string): Map<string, StoredSecrets> {
  const devices = JSON.parse(text) as Record<string, Record<string, string>>;
  return new Map(Object.entries(devices).map(([name, { id, ...secrets }]) => [`${name} ${id}`, secrets]));
}
