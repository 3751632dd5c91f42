import type { CallRecord } from '../world/calls';
import type { SimulatedWorld } from '../world/world';
import type { Report } from './report';

/** What is put up with on end: ten minutes, or a fifth of the time-out if that is less. */
const MOST_TROUBLE_MS = 600_000;
const TROUBLE_PART = 0.2;

/** Of jobs that are started side by side the first failure decides, when the others have come to an end. */
const SIDE_BY_SIDE_MS = 5_000;

/** Between the last good answer and the first bad one time passes as well. */
const SLACK_MS = 5_000;

/** I8: trouble that may pass is put up with for as long as was said, what cannot get better is not tried again. */
export class Patience {
  constructor(
    private readonly world: SimulatedWorld,
    private readonly report: Report,
  ) {}

  /** `line`: why the request failed, if it did. `askedAt`: who stood still since then, before the first call, has less time left. */
  check(request: string, line: string | undefined, askedAt = Infinity): void {
    const calls = this.world.calls.all.filter((call) => call.request === request);
    const timeMs = this.world.setting.timeoutSeconds * 1000 - Math.max(0, (calls[0]?.sentAt ?? 0) - askedAt);
    const budget = Math.min(MOST_TROUBLE_MS, TROUBLE_PART * timeMs) - SLACK_MS;
    if (line?.endsWith('[CloudUnavailable]') && !this.hadTrouble(calls, budget)) {
      this.report.violated('I8', `${request} was given up after less trouble than there may be`);
    }
    const refusal = calls.find(
      (call) => (call.struck === 'refused' || call.struck === 'forbidden') && this.wasNoted(call),
    );
    // What goes on beside it in the same process may be on its way already.
    const next = calls.find(
      ({ at, operation, process, seq }) =>
        refusal && at.api.roles[operation] === 'register' && process !== refusal.process && seq > refusal.seq,
    );
    const role = refusal?.at.api.roles[refusal.operation];
    const wasForward = role === 'register' || role === 'check';
    if (!next && !(wasForward && line === undefined)) return;
    this.report.violated('I8', `${request} went on after ${refusal?.operation} was refused for good`);
  }

  /** Whether its process could write down that it was refused, and did not stop for what came of the store before that. */
  private wasNoted({ process, sentAt }: CallRecord): boolean {
    const { killed, storeIsOutUntil, storeTroubles } = this.world;
    const troubled = (storeTroubles.get(process) ?? 0) >= sentAt - SIDE_BY_SIDE_MS;
    return !killed.has(process) && !troubled && storeIsOutUntil < sentAt;
  }

  /** Whether nothing was answered well for long enough, or nothing of one kind: what else it takes may go well meanwhile. */
  private hadTrouble(calls: readonly CallRecord[], budget: number): boolean {
    const kinds = new Set(calls.map(({ operation }) => operation));
    const ofKinds = [...kinds].map((kind) => calls.filter(({ operation }) => operation === kind));
    return [calls, ...ofKinds].some((some) => this.wasLongInTrouble(some, budget));
  }

  /** Whether for that long no call was answered well. */
  private wasLongInTrouble(calls: readonly CallRecord[], budget: number): boolean {
    let since: number | undefined;
    for (const [i, call] of calls.entries()) {
      if (since !== undefined && call.sentAt - since >= budget) return true;
      if (call.told === 'yes' && !isHalfOfOne(call, calls[i + 1])) since = undefined;
      else since ??= call.sentAt;
    }
    return since !== undefined && this.world.timeline.now() - since >= budget;
  }
}

/** Whether a job's status was told, and then not its devices, without which it tells nothing (Tencent's tasks). */
function isHalfOfOne({ at, operation }: CallRecord, next?: CallRecord): boolean {
  const { roles } = at.api;
  return (
    next !== undefined && roles[operation] === 'status' && roles[next.operation] === 'collect' && next.told !== 'yes'
  );
}
