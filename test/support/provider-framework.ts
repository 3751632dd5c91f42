import type { CustomResourceEvent } from '../../handler/framework';
import type { Clock } from '../../lib/batch/ports/clock';
import { loadFramework, type Framework } from './framework-runtime';
import { errorPayload, type FunctionName, type LambdaAnswer, type LambdaService } from './lambda-service';

/** What CloudFormation is told in the end. */
export interface CfnResponse {
  Status: 'SUCCESS' | 'FAILED';
  Reason: string;
  PhysicalResourceId: string;
  RequestId: string;
  NoEcho?: boolean;
  Data?: Record<string, unknown>;
}

/** What becomes of a response on its way: it may be lost, and with or without that its sender may believe so. */
export type ResponseTrouble = 'lost' | 'answerLost';

/**
 * The CDK's real code between CloudFormation and our two functions, with all of its retries on the virtual clock. In this
 * process live what it talks to: the SDK's clients for Lambda and Step Functions, and CloudFormation's response URL.
 */
export class ProviderFramework {
  /** Every response in the order of arrival, as bytes on the wire. */
  readonly responses: string[] = [];
  /** Everything that the framework logged, which whoever may read the log group sees. */
  readonly log: string[] = [];
  /** How often the state machine calls before it gives up: once, and as often again as `totalTimeout` has intervals. */
  attempts = 721;
  /**
   * How many waiters the next event gets: StartExecution has no name, so a repeated one starts another. With none it fails.
   */
  nextWaiters = 1;
  private readonly framework: Framework;
  private readonly taken = new Map<string, CfnResponse>();
  private readonly responseTroubles: ResponseTrouble[] = [];
  private readonly waiters = new Map<string, Promise<void>[]>();

  constructor(
    private readonly lambda: LambdaService,
    private readonly clock: Clock,
  ) {
    this.framework = loadFramework({
      clock,
      env: {
        USER_ON_EVENT_FUNCTION_ARN: arnOf('onEvent'),
        USER_IS_COMPLETE_FUNCTION_ARN: arnOf('isComplete'),
        WAITER_STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:123456789012:stateMachine:waiter',
      },
      log: (line) => void this.log.push(line),
      modules: {
        '@aws-sdk/client-lambda': {
          Lambda: clientOf({ invoke: (request: InvokeRequest) => this.invoke(request) }),
          waitUntilFunctionActiveV2: async () => undefined,
        },
        '@aws-sdk/client-sfn': {
          SFN: clientOf({ startExecution: (request: { input: string }) => this.start(request) }),
        },
        https: { request: this.request.bind(this) },
      },
    });
  }

  /**
   * Delivers an event and waits until the framework is done with it.
   * @returns what CloudFormation goes by, which is the first response to the event; undefined if there was none.
   */
  async deliver(event: CustomResourceEvent): Promise<CfnResponse | undefined> {
    const ResponseURL = urlOf(event);
    try {
      // As in Lambda, everything that crosses is JSON.
      await this.framework.onEvent(JSON.parse(JSON.stringify({ ...event, ResponseURL })) as object);
    } catch (error) {
      // Lambda would deliver it again after a minute, but the event is too old by then.
      this.log.push(`framework-onEvent failed: ${String(error)}`);
    }
    await Promise.all(this.waiters.get(ResponseURL) ?? []);
    await this.lambda.idle();
    return this.taken.get(ResponseURL);
  }

  /** The next requests to CloudFormation's response URL meet with these. */
  disturbResponses(trouble: ResponseTrouble, times = 1): void {
    this.responseTroubles.push(...Array<ResponseTrouble>(times).fill(trouble));
  }

  /** What the SDK's client does: three attempts, with pauses in between. */
  private async invoke({ FunctionName, Payload }: InvokeRequest): Promise<LambdaAnswer> {
    const name: FunctionName = FunctionName.endsWith('onEvent') ? 'onEvent' : 'isComplete';
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.lambda.invoke(name, Payload);
      } catch (error) {
        if (attempt === 3) throw error;
        const base = (error as Error).name === 'TooManyRequestsException' ? 500 : 100;
        await this.clock.sleep(this.clock.random() * base * 2 ** (attempt - 1));
      }
    }
  }

  private async start({ input }: { input: string }): Promise<object> {
    const { ResponseURL } = JSON.parse(input) as { ResponseURL: string };
    const waiters = Array.from({ length: this.nextWaiters }, () => this.wait(input));
    this.nextWaiters = 1;
    if (waiters.length === 0) throw new Error('Internal server error');
    this.waiters.set(ResponseURL, [...(this.waiters.get(ResponseURL) ?? []), ...waiters]);
    return {};
  }

  /** The state machine (aws-cdk-lib, provider-framework/waiter-state-machine): every error is retried, then caught. */
  private async wait(input: string): Promise<void> {
    for (let made = 1; ; made++) {
      try {
        return await this.framework.isComplete(JSON.parse(input) as object);
      } catch (error) {
        if (made >= this.attempts) return this.giveUp(error as Error);
        await this.clock.sleep(QUERY_INTERVAL_MS);
      }
    }
  }

  private async giveUp(error: Error): Promise<void> {
    const Cause = errorPayload(error).slice(0, MAX_CAUSE);
    try {
      await this.framework.onTimeout({ Error: error.name, Cause });
    } catch (failed) {
      this.log.push(`framework-onTimeout failed: ${String(failed)}`);
    }
  }

  /** As `https.request`, with CloudFormation's bucket for responses at the other end. */
  private request({ hostname, path }: { hostname: string; path: string }, onResponse: (response: object) => void) {
    let body = '';
    const fail: ((error: Error) => void)[] = [];
    return {
      on: (_event: 'error', handler: (error: Error) => void) => void fail.push(handler),
      write: (text: string) => void (body += text),
      end: () => {
        const trouble = this.responseTroubles.shift();
        if (trouble !== 'lost') this.receive(`https://${hostname}${path}`, body);
        if (trouble) fail.forEach((each) => each(new Error('read ECONNRESET')));
        else onResponse({ statusCode: 200, resume: () => undefined });
      },
    };
  }

  private receive(url: string, body: string): void {
    this.responses.push(body);
    if (!this.taken.has(url)) this.taken.set(url, received(body));
  }
}

interface InvokeRequest {
  FunctionName: string;
  Payload: string;
}

/** lib/cdk/framework.ts */
const QUERY_INTERVAL_MS = 5_000;

/** Characters of an error's cause that Step Functions keeps (API reference, TaskFailed: "Maximum length of 32768"). */
const MAX_CAUSE = 32_768;

/** A class whose instances are this client. */
function clientOf(client: object): new () => object {
  return class {
    constructor() {
      return client;
    }
  };
}

/** The same for each delivery of one event. CloudFormation's has about as many characters. */
function urlOf({ RequestId }: CustomResourceEvent): string {
  return `https://cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com/${RequestId}?X-Amz-Signature=${'5'.repeat(1_200)}`;
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
