import { batchIdOf } from '../../../handler/batch-id';
import type { Claim, Claims } from '../stack/claims';
import type { CfnResponse, FrameworkEvent } from '../stack/framework';
import { isInvented } from '../stack/identities';
import type { StackStatus } from '../stack/stack';
import type { BatchSpec } from '../stack/spec';
import type { CallRecord } from '../world/calls';
import type { SimulatedWorld } from '../world/world';
import { Answers } from './answers';
import { Deletions } from './deletions';
import { DeviceHistory } from './device-history';
import { excusesOf } from './excuses';
import { checkLeftSecrets } from './left-secrets';
import { Leftovers } from './leftovers';
import { Patience } from './patience';
import { Policies } from './policies';
import { Rates } from './rates';
import { Registrations } from './registrations';
import { Report } from './report';
import { firstDeletes, managedSecrets, readJson, storedSecrets, type StoredManifest } from './stored';
import { standingDevices } from './standing-devices';
import { Successes, type Deployed } from './success';

/** How late an event may come (MaximumEventAge), and how far two clocks may be apart. */
const DELAYED_MS = 63_000;

/**
 * Judges a life by what the cloud's journal, CloudFormation's mailbox and the store's documented formats show (I1 to I11; I5 is
 * that all of it holds whatever was cut off). Nothing here asks the engine.
 */
export class Oracle {
  readonly report = new Report();
  readonly leftovers: Leftovers;
  private readonly history: DeviceHistory;
  private readonly deletions: Deletions;
  private readonly registrations: Registrations;
  private readonly successes: Successes;
  private readonly answers: Answers;
  private readonly patience: Patience;
  private readonly rates: Rates;
  private readonly policies = new Policies();
  private readonly specs = new Map<string, { batch: string; spec: BatchSpec; sentAt: number }>();
  /** The requests about each batch, the last one last. */
  private readonly requests = new Map<string, string[]>();
  /** Requests while which another one about the same batch was delivered, be it an older one once more. */
  private readonly rivalled = new Set<string>();
  /** Deliveries that our function works on. */
  private readonly underWay = new Set<FrameworkEvent>();
  private readonly checkedSuccesses = new Set<string>();

  constructor(
    private readonly world: SimulatedWorld,
    private readonly claims: Claims,
    stack: () => string,
  ) {
    const { report, policies } = this;
    this.history = new DeviceHistory(world);
    this.deletions = new Deletions(world, this.history, claims, policies, report);
    this.registrations = new Registrations(world, report);
    this.successes = new Successes(world, this.history, report);
    this.answers = new Answers(world, report);
    const asker = { stack, isExcused: excusesOf(claims, stack, () => world.metNewer) };
    this.leftovers = new Leftovers(world, this.history, claims, policies, report, asker, this.answers);
    this.patience = new Patience(world, report);
    this.rates = new Rates(world, report);
    world.executed = (call: CallRecord) => {
      this.deletions.executed(call);
      this.registrations.executed(call);
    };
  }

  /** An event is about to be sent. */
  sent(event: FrameworkEvent, spec: BatchSpec): void {
    const sentAt = this.world.timeline.now();
    const batch = event.LogicalResourceId;
    this.specs.set(event.RequestId, { batch, spec, sentAt });
    this.requestsAbout(event).push(event.RequestId);
    this.rival(event);
    if (event.RequestType !== 'Delete') this.policies.asked(batch, spec);
  }

  /** Our function works on the event until what is returned is called: whatever else is asked of that batch may give way. */
  delivering(event: FrameworkEvent): () => void {
    this.underWay.add(event);
    return () => {
      this.underWay.delete(event);
      this.rival(event);
    };
  }

  /** The framework answers, whether or not CloudFormation listens. */
  answered(event: FrameworkEvent, response: CfnResponse): void {
    this.answers.check(event, response);
    const known = this.specs.get(event.RequestId);
    const line = response.Status === 'SUCCESS' ? undefined : response.Reason.split('\n')[0];
    this.patience.check(event.RequestId, line, known?.sentAt);
    for (const other of this.underWay) if (isSameBatch(other, event)) this.rival(other);
    const isNewest = this.requestsAbout(event).at(-1) === event.RequestId;
    const gaveWay = response.Reason.includes('[Superseded]');
    if (gaveWay && !this.rivalled.has(event.RequestId) && !this.mayBeTheDelayedOne(event)) {
      this.report.violated('I5', `${event.RequestType} ${event.RequestId} was superseded, and nothing came after it`);
    }
    if (!known || event.RequestType === 'Delete') return;
    const { batch, spec, sentAt } = known;
    if (response.Status !== 'SUCCESS') {
      if (!hasCode(response)) this.stoodUntold(event, batch);
      return;
    }
    const claim = this.claimOf(batch, spec, response);
    this.policies.told(claim);
    // What is told once more, or after something else was asked for, says what was.
    if (!isNewest) return;
    if (this.checkedSuccesses.has(event.RequestId)) return;
    this.checkedSuccesses.add(event.RequestId);
    this.successes.check(batch, spec, this.deployedBy(spec, response), sentAt);
  }

  /** CloudFormation's wait for an answer is over. */
  concluded(event: FrameworkEvent, response: CfnResponse | undefined, excused: boolean): void {
    this.answers.checkAnswered(event, response, excused);
  }

  claimOf(batch: string, spec: BatchSpec, response: CfnResponse): Claim {
    return this.successes.claimOf(batch, spec, this.deployedBy(spec, response));
  }

  /** `calm`: nothing went wrong in this step, nor was anything owed before it. */
  stepped(status: StackStatus, idle: boolean, calm: boolean): void {
    this.registrations.check();
    this.rates.check();
    for (const lost of this.world.lostOfNewer.splice(0)) {
      this.report.violated('I5', `an older version lost what a newer one had written: ${lost}`);
    }
    const settled = status === 'stable' || status === 'absent';
    if (settled) this.policies.completed(this.claims.all());
    if (!idle) return;
    this.leftovers.checkRemembered();
    this.answers.checkSecrets();
    checkLeftSecrets(this.world, this.report);
    if (settled && calm) this.leftovers.checkNone('after a change in which nothing went wrong');
  }

  ended(deleted: boolean): void {
    if (deleted) this.leftovers.checkNothingAtAll();
    else this.report.violated('I2', 'the stack could not be deleted in the end');
    this.answers.checkSecrets();
  }

  private rival(event: FrameworkEvent): void {
    for (const id of this.requestsAbout(event)) if (id !== event.RequestId) this.rivalled.add(id);
  }

  /** Our function died: what stands by then, it may have been about to tell. */
  private stoodUntold(event: FrameworkEvent, batch: string): void {
    for (const identity of standingDevices(this.world.store, this.history, batchIdOf(event)))
      this.policies.stood(batch, identity);
  }

  /** Whether CloudFormation had just asked to delete a Create that never came: for a minute a Create may be that one, or another Delete come before. */
  private mayBeTheDelayedOne(event: FrameworkEvent): boolean {
    if (event.RequestType === 'Update') return false;
    const { sentAt } = this.specs.get(event.RequestId) ?? { sentAt: Infinity };
    const deletes = firstDeletes(this.world.store, batchIdOf(event));
    const isUnknown = (id: string) => isInvented(id) || id.includes('-unrecorded-');
    const { PhysicalResourceId: own } = event;
    return [...deletes].some(([id, at]) => id !== own && isUnknown(id) && sentAt - at <= DELAYED_MS);
  }

  private deployedBy(spec: BatchSpec, { Data, PhysicalResourceId: generation }: CfnResponse): Deployed {
    const { store, secrets } = this.world;
    const key = String(Data?.ManifestKey);
    const manifest = readJson<StoredManifest>(store, key);
    const inStore = key.replace(/^manifests/, 'credentials').replace(/\.json$/, '/');
    const inManager = typeof spec.deviceCredentials === 'object';
    return {
      id: generation,
      generation,
      ...(manifest && { manifest }),
      count: Number(Data?.DeviceCount),
      secrets: () => (inManager ? managedSecrets(secrets, generation) : storedSecrets(store, inStore)),
    };
  }

  private requestsAbout({ StackId, LogicalResourceId }: FrameworkEvent): string[] {
    const batch = `${StackId} ${LogicalResourceId}`;
    const requests = this.requests.get(batch) ?? [];
    this.requests.set(batch, requests);
    return requests;
  }
}

function isSameBatch(one: FrameworkEvent, other: FrameworkEvent): boolean {
  return one.StackId === other.StackId && one.LogicalResourceId === other.LogicalResourceId;
}

/** Whether a failure is one that our function tells. */
function hasCode({ Reason }: CfnResponse): boolean {
  return /\[\w+\]$/.test(Reason.split('\n')[0] ?? '');
}
