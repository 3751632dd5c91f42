import type { CfnResponse, FrameworkEvent } from '../stack/framework';
import type { SimulatedWorld } from '../world/world';
import type { DeviceStory } from './device-history';
import type { Report } from './report';

/** CloudFormation's limit for a response. */
const MAX_RESPONSE_BYTES = 4_096;

/** Errors that are none of the user's business: a mistake of ours, or a record that was lost. */
const OURS = /\[(Unexpected|RecordMissing|RecordUnreadable|UnknownRequest)\]/;

/** How an answer or the log speaks of devices that may be somebody else's, or are taken for somebody's. */
const SUSPICION = /cannot be (proven|read)|already and (is|are) not this stack's/;

/** I6, I7, I9: how requests end, and what must not be in their answers, in the log or in the store. */
export class Answers {
  private readonly texts: string[] = [];
  /** By batch: when it was told that a job is out there of which nobody knows the id. */
  private readonly jobsUnknown = new Map<string, number>();

  constructor(
    private readonly world: SimulatedWorld,
    private readonly report: Report,
  ) {}

  check(event: FrameworkEvent, response: CfnResponse): void {
    const { Status, Reason } = response;
    const { StackId, RequestId, LogicalResourceId } = event;
    const body = JSON.stringify({ ...response, StackId, RequestId, LogicalResourceId });
    const bytes = Buffer.byteLength(body);
    if (bytes > MAX_RESPONSE_BYTES) this.report.violated('I9', `the answer to ${RequestId} has ${bytes} bytes`);
    this.heard(LogicalResourceId, body, Status === 'SUCCESS' ? undefined : (Reason.split('\n')[0] ?? ''));
  }

  /** Whoever asked something of the batch is told this; `line`: why it failed, if it did. */
  heard(batch: string, text: string, line?: string): void {
    this.texts.push(text);
    if (line === undefined) return;
    const code = /\[(\w+)\]$/.exec(line)?.[1];
    this.world.tally.add('failures', code ?? line.slice(0, 60));
    const framework = /^(Runtime exited|Operation timed out|DELETE: cannot)/.test(line);
    if (code === undefined && !framework) this.report.violated('I6', `a failure without a code: ${line}`);
    // Also where it is told among what an earlier change owes.
    if (/the answer to a request for \d+ devices? .* was lost/.test(line))
      this.jobsUnknown.set(batch, this.world.timeline.now());
    if (OURS.test(line)) this.report.violated('I6', `a failure of our own: ${line}`);
  }

  /** `excused`: an event or answer got lost on its way, so that nobody could answer in time. */
  checkAnswered(event: FrameworkEvent, response: CfnResponse | undefined, excused: boolean): void {
    if (response || excused) return;
    this.report.violated(
      'I6',
      `${event.RequestType} ${event.RequestId} was not answered before CloudFormation gave up`,
    );
  }

  /** Whether any answer or log line has this name. */
  name(name: string): boolean {
    return this.texts.some((text) => text.includes(name)) || this.world.logs.some((line) => line.includes(name));
  }

  /** Whether an answer or the log names it among those that cannot be proven the stack's. */
  suspect(name: string): boolean {
    const suspicious = [...this.texts, ...this.world.logs].filter((text) => SUSPICION.test(text));
    return suspicious.some((text) => text.includes(name));
  }

  /** Whether it was told that the batch has a job whose id nobody knows, before that job made the device. */
  toldOfUnknownJob({ madeBy, madeAt }: DeviceStory): boolean {
    return madeBy !== undefined && (this.jobsUnknown.get(madeBy.batch) ?? Infinity) <= madeAt + LOOKED_BEFORE_MS;
  }

  /** I7, of all that was written so far. */
  checkSecrets(): void {
    const { emulator, logs, store } = this.world;
    const { aliyun, tencent } = emulator;
    const secrets = [
      ...[...aliyun.platform.issuedSecrets(), aliyun.accessKey.accessKeySecret],
      ...[...tencent.hub.issuedSecrets(), tencent.apiKey.secretKey].map(telling),
    ];
    const places: [string, string][] = [
      ['an answer', this.texts.join('\n')],
      ['the log', logs.join('\n')],
    ];
    for (const key of store.objects.keys()) {
      if (!key.startsWith('credentials/')) places.push([key, store.text(key) ?? '']);
    }
    for (const secret of secrets) {
      const place = places.find(([, text]) => text.includes(secret));
      if (place) this.report.violated('I7', `a secret is in ${place[0]}`);
    }
  }
}

/** JSON writes the ends of lines in its own way, so that of a private key its first line is looked for. */
function telling(secret: string): string {
  const [first = '', second = first] = secret.split('\n');
  return first.startsWith('-----') ? second : first;
}

/** Between the look at what there is and the answer that tells of it. */
const LOOKED_BEFORE_MS = 60_000;
