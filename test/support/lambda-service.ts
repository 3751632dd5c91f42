import type { Handler } from '../../handler/handler';
import type { Clock } from '../../lib/batch/ports/clock';
import { LambdaProcess, type Death, type Sentence } from './lambda-process';

export type FunctionName = keyof Handler;

/** What Lambda answers to an invocation. */
export interface LambdaAnswer {
  StatusCode: 200;
  FunctionError?: 'Unhandled';
  Payload: string;
}

/** What happens to one call of one of our functions. */
export type LambdaTrouble =
  /** The function runs to its end; its answer never arrives, because the connection breaks after `afterMs`. */
  | { kind: 'connectionLost'; afterMs?: number }
  /** Too many executions: nothing runs. */
  | { kind: 'throttled' }
  /** The process dies. */
  | Sentence;

/** How Lambda reports a process that is gone (docs.aws.amazon.com/lambda, "Troubleshoot invocation issues"). */
const lastWords = {
  crashed: { errorType: 'Runtime.ExitError', message: 'Runtime exited with error: exit status 1' },
  outOfMemory: { errorType: 'Runtime.OutOfMemory', message: 'Runtime exited with error: signal: killed' },
  timedOut: { errorType: 'Sandbox.Timedout', message: 'Task timed out after' },
} satisfies Record<Death, object>;

/** Seconds (lib/cdk/handler-functions.ts). */
const timeouts = { onEvent: 60, isComplete: 300 } as const;

/**
 * Lambda, with our two functions: each invocation is a process of its own, which a function that has returned, or was
 * killed, does not outlive.
 */
export class LambdaService {
  /** How often each function was begun. */
  readonly begun = { onEvent: 0, isComplete: 0 };
  private readonly troubles: { name: FunctionName; trouble: LambdaTrouble; times: number }[] = [];
  private readonly running = new Set<Promise<unknown>>();
  private requests = 0;

  /** `start`: makes the handler within a new process. */
  constructor(
    private readonly start: (process: LambdaProcess) => Handler,
    private readonly clock: Clock,
  ) {}

  /** The next `times` invocations of this function meet with this. */
  disturb(name: FunctionName, trouble: LambdaTrouble, times = 1): void {
    this.troubles.push({ name, trouble, times });
  }

  /** One request to Lambda's API. @throws what a client without retries would throw. */
  async invoke(name: FunctionName, payload: string): Promise<LambdaAnswer> {
    const trouble = this.nextTrouble(name);
    if (trouble?.kind === 'throttled') throw named('TooManyRequestsException', 'Rate Exceeded.');
    const answer = this.run(name, payload, trouble);
    this.running.add(answer);
    void answer.finally(() => this.running.delete(answer));
    if (trouble?.kind !== 'connectionLost') return answer;
    await this.clock.sleep(trouble.afterMs ?? 1_000);
    throw Object.assign(named('Error', 'socket hang up'), { code: 'ECONNRESET' });
  }

  /** Waits for the invocations that nobody waits for any more. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private async run(name: FunctionName, payload: string, trouble?: LambdaTrouble): Promise<LambdaAnswer> {
    this.begun[name]++;
    const requestId = `9a8b7c6d-0000-4000-8000-${String(++this.requests).padStart(12, '0')}`;
    const process = new LambdaProcess(
      this.clock,
      this.clock.now() + timeouts[name] * 1000,
      trouble && 'at' in trouble ? trouble : undefined,
    );
    const death = process.death.then((how) => lastWordsOf(requestId, how, timeouts[name]));
    const answer = await Promise.race([this.execute(name, payload, process), death]);
    process.freeze();
    return answer;
  }

  /** Lambda's Node runtime: an error becomes a payload with the lines of its stack. */
  private async execute(name: FunctionName, payload: string, process: LambdaProcess): Promise<LambdaAnswer> {
    try {
      const result: unknown = await this.start(process)[name](JSON.parse(payload) as never, process.invocation);
      return { StatusCode: 200, Payload: JSON.stringify(result) };
    } catch (error) {
      return { StatusCode: 200, FunctionError: 'Unhandled', Payload: errorPayload(error) };
    }
  }

  private nextTrouble(name: FunctionName): LambdaTrouble | undefined {
    const next = this.troubles.find((each) => each.name === name && each.times > 0);
    if (next) next.times--;
    return next?.trouble;
  }
}

/** What the Node runtime makes of an error that a function throws. */
export function errorPayload(error: unknown): string {
  const { name: errorType, message: errorMessage, stack = '' } = error as Error;
  return JSON.stringify({ errorType, errorMessage, trace: stack.split('\n') });
}

function lastWordsOf(requestId: string, how: Death, seconds: number): LambdaAnswer {
  const { errorType, message } = lastWords[how];
  const text = how === 'timedOut' ? `${message} ${seconds.toFixed(2)} seconds` : message;
  const errorMessage = `RequestId: ${requestId} Error: ${text}`;
  return { StatusCode: 200, FunctionError: 'Unhandled', Payload: JSON.stringify({ errorType, errorMessage }) };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
