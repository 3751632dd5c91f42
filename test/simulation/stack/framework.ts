import type { CustomResourceEvent } from '../../../handler/framework';
import type { Fault } from '../world/faults';
import { invoke, type Invoked } from '../world/invoke';
import type { SimulatedWorld } from '../world/world';

/** What CloudFormation is told. */
export interface CfnResponse {
  Status: 'SUCCESS' | 'FAILED';
  Reason: string;
  PhysicalResourceId: string;
  Data?: Record<string, unknown>;
}

export type FrameworkEvent = CustomResourceEvent & Record<string, unknown>;

/** The framework's id for a Create of which `onEvent` threw: its Delete never reaches us. */
export const CREATE_FAILED_MARKER = 'AWSCDK::CustomResourceProviderFramework::CREATE_FAILED';

const QUERY_INTERVAL_MS = 5_000;
/** `totalTimeout` ÷ `queryInterval`. */
const ATTEMPTS = 720;

/**
 * The rules by which the CDK's provider framework (aws-cdk-lib, custom-resources, runtime/framework.js and
 * cfn-response.js) stands between CloudFormation and our two functions. test/support/provider-framework.ts runs the real
 * code; it keeps real time and its module's state, so that thousands of lives can not share it.
 */
export class FrameworkRules {
  /** Deliveries and waiters under way. */
  running = 0;

  constructor(
    private readonly world: SimulatedWorld,
    /** Told of every answer on its way to CloudFormation, whether or not that still listens. */
    private readonly answered: (event: FrameworkEvent, response: CfnResponse) => void,
    /** Told whenever our function begins to work on an event's delivery: the first one, or one that repeats it. What it returns is told the end. */
    private readonly delivering: (event: FrameworkEvent) => () => void,
  ) {}

  /** Sends an event. Its answer is undefined if none comes within CloudFormation's patience. */
  send(
    event: FrameworkEvent,
    patienceMs: number,
  ): { answer: Promise<CfnResponse | undefined>; fault: Fault | undefined } {
    const fault = this.world.faults.strike(`event ${event.RequestType}`);
    if (fault?.kind === 'newerMinor') this.world.deployNewer('minor', fault.ms);
    if (fault?.kind === 'newerMajor') this.world.deployNewer('major', fault.ms);
    const answer = new Promise<CfnResponse | undefined>((resolve) => {
      const give = (response: CfnResponse | undefined) => {
        stop();
        resolve(response);
      };
      const stop = this.world.timeline.after(patienceMs, () => give(undefined));
      this.begin(() => this.deliver(event, fault, give));
    });
    return { answer, fault };
  }

  /** Delivers an event once more, with nobody waiting for its answer. */
  again(event: FrameworkEvent): void {
    this.begin(() => this.onEvent(event, undefined, () => undefined));
  }

  private begin(work: () => Promise<void>): void {
    this.running++;
    void work().finally(() => this.running--);
  }

  private async deliver(event: FrameworkEvent, fault: Fault | undefined, give: Give): Promise<void> {
    const { timeline } = this.world;
    if (fault?.kind === 'lostEvent') return;
    // Longer is MaximumEventAge.
    if (fault?.kind === 'delayed') await timeline.sleep(Math.min(fault.ms, 60_000));
    if (fault?.kind === 'duplicated') {
      this.begin(async () => {
        await timeline.sleep(fault.ms);
        await this.onEvent(event, undefined, give);
      });
    }
    await this.onEvent(event, fault, give);
  }

  private async onEvent(event: FrameworkEvent, fault: Fault | undefined, give: Give): Promise<void> {
    if (event.RequestType === 'Delete' && event.PhysicalResourceId === CREATE_FAILED_MARKER) {
      return this.submit('SUCCESS', 'SUCCESS', event, {}, give);
    }
    const invoked = await this.invokeOnEvent(event, fault);
    if ('error' in invoked) return this.fail({ ...event }, invoked.error, give);
    const { PhysicalResourceId: answered } = invoked.result as { PhysicalResourceId?: string };
    const id = answered ?? event.PhysicalResourceId ?? event.RequestId;
    if (event.RequestType === 'Delete' && id !== event.PhysicalResourceId) {
      return this.fail(event, 'DELETE: cannot change the physical resource ID', give);
    }
    const input = { ...event, ...invoked.result, PhysicalResourceId: id };
    if (fault?.kind === 'twoWaiters') this.begin(() => this.wait(input, undefined, give));
    await this.wait(input, fault, give);
  }

  /** The SDK calls again, up to six times in all, where the connection to Lambda breaks; what it began goes on. */
  private async invokeOnEvent(event: FrameworkEvent, fault: Fault | undefined): Promise<Invoked> {
    if (fault?.kind === 'invokedAgain') {
      for (let i = 0; i < Math.min(5, fault.times); i++) {
        this.begin(async () => void (await this.deliverOnce(event)));
        await this.world.timeline.sleep(Math.min(fault.ms, 5_000));
      }
    }
    return this.deliverOnce(event);
  }

  private async deliverOnce(event: FrameworkEvent): Promise<Invoked> {
    const delivered = this.delivering(event);
    const invoked = await invoke(this.world, 'onEvent', event);
    delivered();
    return invoked;
  }

  /** The state machine: our function again and again, whether or not the framework's own lived to hear of it. */
  private async wait(input: FrameworkEvent, fault: Fault | undefined, give: Give): Promise<void> {
    const { timeline } = this.world;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (fault?.kind === 'frameworkKilled' && attempt < Math.min(3, fault.times)) {
        this.begin(async () => void (await invoke(this.world, 'isComplete', input)));
        await timeline.sleep(Math.min(fault.ms, 60_000) + QUERY_INTERVAL_MS);
        continue;
      }
      const invoked = await invoke(this.world, 'isComplete', input);
      if ('error' in invoked) return this.fail(input, invoked.error, give, fault);
      if (invoked.result.IsComplete) {
        const { Data, PhysicalResourceId } = invoked.result as Partial<CfnResponse>;
        return this.submit('SUCCESS', 'SUCCESS', input, { Data, PhysicalResourceId }, give, fault);
      }
      await timeline.sleep(QUERY_INTERVAL_MS);
    }
    await this.submit('FAILED', 'Operation timed out', input, {}, give, fault);
  }

  private async fail(event: FrameworkEvent, error: string, give: Give, fault?: Fault): Promise<void> {
    const PhysicalResourceId =
      event.PhysicalResourceId ?? (event.RequestType === 'Create' ? CREATE_FAILED_MARKER : 'missing');
    const reason = `${error}\n\nLogs: /aws/lambda/${'f'.repeat(64)}\n`;
    await this.submit('FAILED', reason, { ...event, PhysicalResourceId }, {}, give, fault);
  }

  /** A success whose PUT fails six times is told as a failure; a failure is then told by nobody. */
  private async submit(
    Status: CfnResponse['Status'],
    Reason: string,
    event: FrameworkEvent,
    end: Pick<Partial<CfnResponse>, 'Data' | 'PhysicalResourceId'>,
    give: Give,
    fault?: Fault,
  ): Promise<void> {
    const asked = event.PhysicalResourceId as string;
    const { Data, PhysicalResourceId = asked } = end;
    const response: CfnResponse = { Status, Reason, PhysicalResourceId, ...(Data && { Data }) };
    this.answered(event, response);
    if (fault?.kind === 'answerLost') return;
    if (fault?.kind === 'answerFails') {
      await this.world.timeline.sleep(31_000);
      if (Status === 'FAILED') return;
      // The framework fails with the event as its function got it.
      return give({ Status: 'FAILED', Reason: 'Error: Unsuccessful HTTP response: 500', PhysicalResourceId: asked });
    }
    give(response);
  }
}

type Give = (response: CfnResponse | undefined) => void;
