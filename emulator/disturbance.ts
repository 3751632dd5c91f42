import type { EmulatedCloud, Served } from './cloud';
import { type Fault, type FaultRules, faultOf } from './faults';
import type { Journal } from './journal';
import type { DroppedConnection, EmulatorAnswer, EmulatorRequest, HttpAnswer } from './message';

/** The network between a client and a cloud: everything that can go wrong there, and the journal of what did. */
export class DisturbedNetwork {
  /** Requests on their way (`late`), by arrival. */
  private readonly inFlight: { arrivesAt: number; arrive: () => void }[] = [];

  constructor(
    private readonly rules: FaultRules,
    private readonly journal: Journal,
  ) {}

  send(cloud: EmulatedCloud, request: EmulatorRequest, now: number): EmulatorAnswer {
    const operation = cloud.operationOf(request);
    const faults = this.rules.strike(cloud.name, operation, (fault) => cloud.canSuffer(operation, fault));
    const delayMs = faultOf(faults, 'slow')?.ms ?? 0;
    const late = faultOf(faults, 'late');
    if (late) {
      const arrivesAt = now + late.ms;
      this.inFlight.push({ arrivesAt, arrive: () => this.arrive(cloud, request, arrivesAt, faults, true) });
      this.inFlight.sort((one, other) => one.arrivesAt - other.arrivesAt);
      return { kind: 'dropped', delayMs };
    }
    return { ...this.arrive(cloud, request, now, faults, false), delayMs };
  }

  /** Delivers what is due by now. To be called before anything else happens. */
  deliver(now: number): void {
    while (this.inFlight[0] && this.inFlight[0].arrivesAt <= now) this.inFlight.shift()?.arrive();
  }

  clear(): void {
    this.inFlight.length = 0;
  }

  private arrive(
    cloud: EmulatedCloud,
    request: EmulatorRequest,
    now: number,
    faults: Fault[],
    callerIsGone: boolean,
  ): EmulatorAnswer {
    const drop = faultOf(faults, 'drop')?.when;
    const proxy = faultOf(faults, 'badGateway');
    let served: Served | undefined;
    let answer: EmulatorAnswer = dropped;
    if (drop !== 'before' && !(proxy && !proxy.executed)) {
      served = cloud.serve(request, now, faults);
      answer = mangled(served.answer, faults);
    }
    if (proxy) answer = badGateway;
    if (drop || callerIsGone) answer = dropped;

    this.journal.recordCall({
      time: now,
      cloud: cloud.name,
      operation: cloud.operationOf(request),
      accessKeyId: served?.accessKeyId,
      requestId: served?.requestId,
      parameters: served?.parameters ?? {},
      executed: served?.executed ?? false,
      delivered: answer.kind,
      status: answer.kind === 'answered' ? answer.status : undefined,
      code: served?.code,
      faults: faults.map((fault) => fault.kind),
    });
    return answer;
  }
}

const dropped: DroppedConnection = { kind: 'dropped', delayMs: 0 };

const badGateway: HttpAnswer = {
  kind: 'answered',
  delayMs: 0,
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n'),
};

function mangled(answer: HttpAnswer, faults: readonly Fault[]): HttpAnswer {
  const half = Math.floor(answer.body.length / 2);
  if (faultOf(faults, 'garbage'))
    return { ...answer, status: 200, body: Buffer.from('\u0000\u0001not what you expect<') };
  if (faultOf(faults, 'truncated')) return { ...answer, body: answer.body.subarray(0, half) };
  if (faultOf(faults, 'cut')) return { ...answer, cutAt: half };
  return answer;
}
