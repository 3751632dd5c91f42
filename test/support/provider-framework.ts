import { dirname, join } from 'node:path';
import type { Handler } from '../../handler/handler';
import type { CustomResourceEvent, Invocation } from '../../handler/framework';
import type { Clock } from '../../lib/batch/ports/clock';

/** What CloudFormation is told in the end. */
export interface CfnResponse {
  Status: 'SUCCESS' | 'FAILED';
  Reason: string;
  PhysicalResourceId: string;
  RequestId: string;
  NoEcho?: boolean;
  Data?: Record<string, unknown>;
}

type FrameworkFunction = (event: object) => Promise<void>;

interface Outbound {
  startExecution(request: { input: string }): Promise<unknown>;
  invokeFunction(request: { FunctionName: string; Payload: string }): Promise<unknown>;
  httpRequest(options: { path: string }, body: string): Promise<void>;
}

// The package does not export its runtime; the CDK's own tests replace the same three functions.
const runtime = join(
  dirname(require.resolve('aws-cdk-lib/package.json')),
  'custom-resources/lib/provider-framework/runtime',
);
/* eslint-disable @typescript-eslint/no-require-imports */
const framework = require(join(runtime, 'framework.js')) as Record<'onEvent' | 'isComplete', FrameworkFunction>;
const outbound = require(join(runtime, 'outbound.js')) as Outbound;
const { Retry } = require(join(runtime, 'cfn-response.js')) as { Retry: new () => Error };
/* eslint-enable @typescript-eslint/no-require-imports */

/**
 * The CDK's real code between CloudFormation and our two functions, with Lambda, Step Functions and CloudFormation's
 * response URL replaced by this process. Only one at a time: what it replaces is the module's.
 */
export class ProviderFramework {
  /** Every response in the order of arrival, as bytes on the wire. */
  readonly responses: string[] = [];
  /** Everything that the framework logged, which whoever may read the log group sees. */
  readonly log: string[] = [];
  /** Ends the framework's waiter after as many calls, as the state machine does at `totalTimeout`. */
  attempts = 720;
  private readonly answers = new Map<string, CfnResponse[]>();
  private readonly waiters = new Map<string, Promise<void>>();
  private deliveries = 0;

  constructor(
    private readonly handler: Handler,
    private readonly clock: Clock,
  ) {
    process.env.USER_ON_EVENT_FUNCTION_ARN = arnOf('onEvent');
    process.env.USER_IS_COMPLETE_FUNCTION_ARN = arnOf('isComplete');
    process.env.WAITER_STATE_MACHINE_ARN = 'arn:aws:states:eu-central-1:123456789012:stateMachine:waiter';
    outbound.startExecution = async ({ input }) => {
      const event = JSON.parse(input) as { ResponseURL: string };
      this.waiters.set(event.ResponseURL, this.wait(input));
    };
    outbound.invokeFunction = ({ FunctionName, Payload }) => this.invoke(FunctionName, Payload);
    outbound.httpRequest = async ({ path }, body) => {
      this.responses.push(body);
      const url = `https://cfn.test${path}`;
      this.answers.set(url, [...(this.answers.get(url) ?? []), received(body)]);
    };
    jest
      .spyOn(console, 'log')
      .mockImplementation((...line: unknown[]) => void this.log.push(line.map(String).join(' ')));
  }

  /** Delivers an event and waits for what CloudFormation is told; undefined if that is nothing. */
  async deliver(event: CustomResourceEvent): Promise<CfnResponse | undefined> {
    const ResponseURL = `https://cfn.test/${++this.deliveries}?X-Amz-Signature=${'5'.repeat(64)}`;
    // As in Lambda, everything that crosses is JSON.
    await framework.onEvent(JSON.parse(JSON.stringify({ ...event, ResponseURL })) as object);
    await this.waiters.get(ResponseURL);
    const answers = this.answers.get(ResponseURL) ?? [];
    if (answers.length > 1) throw new Error(`${answers.length} responses to one event`);
    return answers[0];
  }

  /** The state machine: calls again every five seconds. */
  private async wait(input: string): Promise<void> {
    for (let made = 0; made < this.attempts; made++) {
      try {
        return await framework.isComplete(JSON.parse(input) as object);
      } catch (error) {
        if (!(error instanceof Retry)) throw error;
        await this.clock.sleep(5_000);
      }
    }
  }

  /** Lambda's Node runtime: an error becomes a payload with the lines of its stack. */
  private async invoke(arn: string, payload: string): Promise<unknown> {
    const name = arn.endsWith('onEvent') ? 'onEvent' : 'isComplete';
    try {
      const result: unknown = await this.handler[name](JSON.parse(payload) as never, this.invocation(name));
      return { StatusCode: 200, Payload: JSON.stringify(result) };
    } catch (error) {
      const { name: errorType, message: errorMessage, stack = '' } = error as Error;
      const trace = stack.split('\n');
      return {
        StatusCode: 200,
        FunctionError: 'Unhandled',
        Payload: JSON.stringify({ errorType, errorMessage, trace }),
      };
    }
  }

  private invocation(name: keyof Handler): Invocation {
    const end = this.clock.now() + (name === 'onEvent' ? 60_000 : 300_000);
    return { getRemainingTimeInMillis: () => end - this.clock.now() };
  }
}

/** CloudFormation takes 4,096 bytes (I9); the text is its own. */
function received(body: string): CfnResponse {
  const response = JSON.parse(body) as CfnResponse;
  if (Buffer.byteLength(body) <= 4_096) return response;
  return { ...response, Status: 'FAILED', Reason: 'Response object is too long.', Data: undefined };
}

/** A function's name has 64 characters at most, and it is part of every reason. */
function arnOf(name: string): string {
  return `arn:aws:lambda:eu-central-1:123456789012:function:${name.padStart(64, 'f')}`;
}
