import { setMaxListeners } from 'node:events';
import type { Clock } from '../../batch/ports/clock';
import { CloudError, OUT_OF_TIME } from '../../batch/ports/cloud';
import type { Observer } from '../../batch/ports/observer';
import { CredentialCache, type CredentialSource } from './credentials';
import { failureOfTransport, type Failure, type Repeatability } from './failure';
import type { Meaning } from './meaning';
import type { RateLimits } from './rate-limits';
import { redact } from './redact';
import { retry } from './retry';
import { clockSkew } from './server-clock';
import { TransportError, type HttpRequest, type HttpResponse, type Transport } from './transport';

export interface ApiClientOptions<Credentials> {
  credentials: CredentialSource<Credentials>;
  transport: Transport;
  clock: Clock;
  observer: Observer;
  rates: RateLimits;
  /** The moment (ms since 1970) after which no request may still run. */
  until: number;
  /** Milliseconds that one request may take. @default 30000 */
  requestTimeoutMs?: number;
}

export type Outcome<Answer> = { answer: Answer } | { failure: Failure };

/** A call to an API, ready but for keys and time. */
export interface ApiCall<Answer, Credentials> {
  operation: Repeatability & {
    /** Documented requests a second; undefined where none are. */
    perSecond: number | undefined;
  };
  /** Makes it into a request. `correction`: what to add to our time to get the server's. */
  sign(credentials: Credentials, now: number, correction: number): Omit<HttpRequest, 'timeoutMs'>;
  read(response: HttpResponse, now: number): Outcome<Answer>;
  /** Why it must not be sent with these keys at this time; undefined if it may. */
  obstacle?(credentials: Credentials, now: number): Failure | undefined;
  error(failure: Failure, credentials?: Credentials): CloudError;
}

/** What was changed already to make a call succeed: each once. */
type Remedies = Set<Meaning>;

/**
 * Makes calls to one account of a cloud: paced, signed anew for each try, and repeated where the operation allows it. What
 * cannot be repeated safely fails with a `CloudError` of kind `outcomeUnknown`.
 */
export class ApiClient<Credentials> {
  private readonly ending = new AbortController();
  private readonly credentials: CredentialCache<Credentials>;
  private measuredSkew?: number;
  /** Added to our time in timestamps, once the server has refused one. */
  private correction = 0;

  constructor(private readonly options: ApiClientOptions<Credentials>) {
    // Each call that waits listens to it; Node would take more than ten for a leak.
    setMaxListeners(0, this.ending.signal);
    this.credentials = new CredentialCache(options.credentials);
  }

  /** @throws CloudError, and nothing else. */
  call<Answer>(call: ApiCall<Answer, Credentials>): Promise<Answer> {
    const { clock, until, observer } = this.options;
    const remedies: Remedies = new Set();
    const attempt = () => this.attempt(call, remedies);
    // Before each further try of a call that registers devices the engine asks whether it may still be made (I3).
    if (!call.operation.repeatable) return attempt();
    return retry(attempt, {
      clock,
      until,
      ending: this.ending.signal,
      repeating: (error, delayMs) =>
        observer.log('debug', 'call will be repeated', {
          ...error.details,
          code: error.vendorCode,
          delayMs: Math.round(delayMs),
        }),
    });
  }

  /** One try with the present keys: renewed ones would make it another call. @throws CloudError */
  callOnce<Answer>(call: ApiCall<Answer, Credentials>): Promise<Answer> {
    return this.attempt(call, new Set(['keys']));
  }

  presentKeys(): Promise<Credentials> {
    return this.readCredentials(() => this.credentials.get());
  }

  /** How far the server's clock is ahead, in milliseconds, by the last answer; 0 if unknown. */
  get clockSkewMs(): number {
    return this.measuredSkew ?? 0;
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.options.transport.close();
  }

  private async attempt<Answer>(call: ApiCall<Answer, Credentials>, remedies: Remedies): Promise<Answer> {
    const { name, perSecond } = call.operation;
    const credentials = await this.presentKeys();
    const permit = await this.options.rates.of(name, perSecond).acquire(this.options.until, this.ending.signal);
    if (permit === undefined) throw this.tooLate(call);
    const { correction } = this;
    const outcome = await this.exchange(call, credentials);
    if ('answer' in outcome) {
      permit.admitted();
      return outcome.answer;
    }
    const { failure } = outcome;
    if (failure.meaning === 'throttled') permit.throttled();
    else if (failure.meaning !== 'uncertain') permit.admitted();
    const tried = remedies.has(failure.meaning) && !(failure.meaning === 'clock' && this.isOff(correction));
    if (!tried && (await this.remedy(failure, credentials))) {
      remedies.add(failure.meaning);
      return this.attempt(call, remedies);
    }
    throw call.error(failure, credentials);
  }

  private async exchange<Answer>(
    call: ApiCall<Answer, Credentials>,
    credentials: Credentials,
  ): Promise<Outcome<Answer>> {
    const { clock, until, transport, requestTimeoutMs = 30_000 } = this.options;
    const sentAt = clock.now();
    if (this.ending.signal.aborted || sentAt >= until) throw this.tooLate(call);
    const obstacle = call.obstacle?.(credentials, sentAt);
    if (obstacle) return { failure: obstacle };
    const request = call.sign(credentials, sentAt, this.correction);
    let response: HttpResponse;
    try {
      response = await transport.send({ ...request, timeoutMs: Math.min(requestTimeoutMs, until - sentAt) });
    } catch (error) {
      if (error instanceof TransportError) return { failure: failureOfTransport(error) };
      throw error;
    }
    this.measuredSkew = clockSkew(response.headers.date, sentAt, clock.now()) ?? this.measuredSkew;
    return call.read(response, clock.now());
  }

  /** Whether something changed that makes one more try worth while. */
  private async remedy({ meaning }: Failure, refused: Credentials): Promise<boolean> {
    if (meaning === 'keys') {
      return (await this.readCredentials(() => this.credentials.replace(refused))) !== undefined;
    }
    if (meaning === 'clock' && this.measuredSkew !== undefined) {
      this.correction = this.measuredSkew;
      this.options.observer.log('warn', "this machine's clock is wrong", { serverAheadMs: this.measuredSkew });
      return true;
    }
    return false;
  }

  /** Whether a correction was for another clock: who answers need not be who answered before, and theirs may differ. */
  private isOff(correction: number): boolean {
    return Math.abs(this.clockSkewMs - correction) > CLOCK_TOLERANCE_MS;
  }

  private async readCredentials<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof CloudError) throw error;
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown reason';
      throw new CloudError(
        'credentials',
        'CredentialsUnreadable',
        `the credentials cannot be read: ${redact(reason, [])} [CredentialsUnreadable]`,
        { operation: 'read credentials' },
      );
    }
  }

  private tooLate<Answer>(call: ApiCall<Answer, Credentials>): CloudError {
    const [code, text] = this.ending.signal.aborted
      ? ['Closed', 'not sent: the connection was closed']
      : [OUT_OF_TIME, 'not sent: no time is left for it'];
    return call.error({ code, text, meaning: 'uncertain', sent: 'no' });
  }
}

/** So little no cloud refuses: Tencent's do from five minutes on (AuthFailure.SignatureExpire), Alibaba's from fifteen. */
const CLOCK_TOLERANCE_MS = 60_000;
