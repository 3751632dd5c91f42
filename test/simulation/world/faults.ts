/**
 * Every way in which a life goes wrong, and what it strikes: a call to the cloud (or only those that start a registration, or a
 * check), a call to the store (or only conditional writes), one to
 * Secrets Manager, whatever a process does, an event on its way, or whoever asks while a process works for it (Pulumi).
 */
export const faultKinds = {
  refused: 'cloud',
  unavailable: 'cloud',
  throttled: 'cloud',
  lostBefore: 'cloud',
  lostAfter: 'cloud',
  late: 'cloud',
  slow: 'cloud',
  garbage: 'cloud',
  forbidden: 'cloud',
  cloudOutage: 'cloud',
  sharedRates: 'cloud',
  partialFailure: 'register',
  stuckJob: 'register',
  quotaReached: 'register',
  namesRefused: 'check',
  stuckCheck: 'check',

  storeConflict: 'compare',
  storeLostBefore: 'store',
  storeLostAfter: 'store',
  storeSlow: 'store',
  storeDenied: 'store',
  storeOutage: 'store',
  outlives: 'store',

  secretsAway: 'secret',
  secretLost: 'secret',
  secretDenied: 'secret',

  killedBefore: 'any',
  killedAfter: 'any',
  paused: 'any',
  clockJump: 'any',
  connectsMeanwhile: 'any',
  deletedMeanwhile: 'any',
  takenMeanwhile: 'any',

  duplicated: 'event',
  delayed: 'event',
  lostEvent: 'event',
  invokedAgain: 'event',
  twoWaiters: 'event',
  frameworkKilled: 'event',
  answerFails: 'event',
  answerLost: 'event',
  newerMinor: 'event',
  newerMajor: 'event',

  interrupted: 'asker',
  interruptedTwice: 'asker',
  askerKilled: 'asker',
} as const satisfies Record<string, FaultPlace>;

export type FaultPlace = 'cloud' | 'register' | 'check' | 'store' | 'compare' | 'secret' | 'any' | 'event' | 'asker';
export type FaultKind = keyof typeof faultKinds;

export interface Fault {
  kind: FaultKind;
  /** What the name of the I/O begins with; empty for any that the kind can strike. */
  on: string;
  /** At which of the matching I/Os of the step it strikes first, from 1 on. */
  nth: number;
  /** How many of them on end it strikes. */
  times: number;
  /** How long it lasts, where it lasts. */
  ms: number;
}

/** The faults of the present step, and how often each was met so far. */
export class ActiveFaults {
  private faults: { fault: Fault; met: number }[] = [];

  constructor(private readonly struck: (fault: Fault, io: string) => void) {}

  begin(faults: readonly Fault[]): void {
    this.faults = faults.map((fault) => ({ fault, met: 0 }));
  }

  /** The fault that strikes this I/O; of several the first. */
  strike(io: string): Fault | undefined {
    let found: Fault | undefined;
    for (const each of this.faults) {
      const { kind, on, nth, times } = each.fault;
      if (!io.startsWith(on) || !canStrike(faultKinds[kind], io)) continue;
      each.met++;
      if (each.met >= nth && each.met < nth + times) found ??= each.fault;
    }
    if (found) this.struck(found, io);
    return found;
  }
}

function canStrike(place: FaultPlace, io: string): boolean {
  switch (place) {
    case 'cloud':
      return io.startsWith('cloud ');
    case 'register':
      return io.startsWith('cloud register ');
    case 'check':
      return io.startsWith('cloud check ');
    case 'store':
      return io.startsWith('store ');
    case 'compare':
      return io.startsWith('store compare');
    case 'secret':
      return io.startsWith('secret ');
    case 'any':
    case 'asker':
      return !io.startsWith('event');
    case 'event':
      return io.startsWith('event');
  }
}
