import { setMaxListeners } from 'node:events';
import type { AliyunSignature } from '../../batch/contract/cloud-reference';
import type { Clock } from '../../batch/ports/clock';
import { CloudError, OUT_OF_TIME, type RequestTicket } from '../../batch/ports/cloud';
import type { Observer } from '../../batch/ports/observer';
import { CredentialCache, type CredentialSource } from '../http/credentials';
import { RateLimits } from '../http/rate-limits';
import { redact } from '../http/redact';
import { retry } from '../http/retry';
import { clockSkew } from '../http/server-clock';
import { TransportError, type HttpResponse, type Transport } from '../http/transport';
import { readAnswer, type Outcome } from './answer';
import type { Meaning } from './codes';
import type { AliyunCredentials } from './credentials';
import type { Parameters } from './encode';
import { cloudError, failureOfTransport, type Failure, type Repeatability } from './failure';
import { API_VERSION, type Operation } from './operation';
import { signers } from './signers';
import { issueTicket, ticketFailure } from './ticket';

export interface AliyunClientOptions {
  endpoint: URL;
  region: string;
  /** Sent with every call if the instance has an id: without it they fail (help.aliyun.com 69482). */
  instanceId?: string;
  signature: AliyunSignature;
  credentials: CredentialSource<AliyunCredentials>;
  transport: Transport;
  clock: Clock;
  observer: Observer;
  /** How many batches share the account's rates. */
  share: number;
  /** The moment (ms since 1970) after which no request may still run. */
  until: number;
  /** Milliseconds that one request may take. @default 30000 */
  requestTimeoutMs?: number;
}

interface Call<Answer> {
  operation: Operation<Answer>;
  query: Parameters;
  form: Parameters;
  ticket?: RequestTicket;
  /** What was changed already to make it succeed: each once. */
  remedies: Set<Meaning>;
}

/**
 * Calls operations of the API: paced, signed anew for each try, and repeated where the operation allows it. What
 * cannot be repeated safely fails with a `CloudError` of kind `outcomeUnknown`.
 */
export class AliyunClient {
  private readonly ending = new AbortController();
  private readonly rates: RateLimits;
  private readonly credentials: CredentialCache<AliyunCredentials>;
  private measuredSkew?: number;
  /** Added to our time in timestamps, once the server has refused one. */
  private correction = 0;

  constructor(private readonly options: AliyunClientOptions) {
    // Each call that waits listens to it; Node would take more than ten for a leak.
    setMaxListeners(0, this.ending.signal);
    this.rates = new RateLimits(options.clock, options.share, this.ending.signal);
    this.credentials = new CredentialCache(options.credentials);
  }

  /** @throws CloudError, and nothing else. */
  call<Answer>(operation: Operation<Answer>, query: Parameters, form: Parameters = {}): Promise<Answer> {
    const { clock, until, observer } = this.options;
    const call: Call<Answer> = { operation, query, form, remedies: new Set() };
    const attempt = () => this.attempt(call);
    // Before each further try of a call that registers devices the engine asks whether it may still be made (I3).
    if (!operation.repeatable) return attempt();
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

  /** One try of a call that the cloud recognises if it comes again with the same ticket. @throws CloudError */
  callOnce<Answer>(operation: Operation<Answer>, query: Parameters, ticket: RequestTicket): Promise<Answer> {
    // Renewed keys would make it another call, so they are no remedy here.
    return this.attempt({ operation, query, form: {}, ticket, remedies: new Set(['keys']) });
  }

  /** A ticket for calls signed with the present keys. */
  async issueTicket(): Promise<RequestTicket> {
    return issueTicket(this.options.clock, await this.readCredentials(() => this.credentials.get()));
  }

  /** How far the server's clock is ahead, in milliseconds, by the last answer; 0 if unknown. */
  get clockSkewMs(): number {
    return this.measuredSkew ?? 0;
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.options.transport.close();
  }

  private async attempt<Answer>(call: Call<Answer>): Promise<Answer> {
    const { operation, remedies } = call;
    const credentials = await this.readCredentials(() => this.credentials.get());
    const permit = await this.rates.of(operation.name, operation.perSecond).acquire(this.options.until);
    if (permit === undefined) throw this.tooLate(operation);
    const outcome = await this.exchange(call, credentials);
    if ('answer' in outcome) {
      permit.admitted();
      return outcome.answer;
    }
    const { failure } = outcome;
    if (failure.meaning === 'throttled') permit.throttled();
    else if (failure.meaning !== 'uncertain') permit.admitted();
    if (!remedies.has(failure.meaning) && (await this.remedy(failure, credentials))) {
      remedies.add(failure.meaning);
      return this.attempt(call);
    }
    throw cloudError(operation, failure, credentials);
  }

  private async exchange<Answer>(
    { operation, query, form, ticket }: Call<Answer>,
    credentials: AliyunCredentials,
  ): Promise<Outcome<Answer>> {
    const { clock, until, transport, endpoint, region, instanceId, requestTimeoutMs = 30_000 } = this.options;
    const sentAt = clock.now();
    if (this.ending.signal.aborted || sentAt >= until) throw this.tooLate(operation);
    const lapsed = ticket && ticketFailure(ticket, credentials, sentAt);
    if (lapsed) return { failure: lapsed };
    const request = signers[this.options.signature]({
      endpoint,
      action: operation.name,
      version: API_VERSION,
      // The docs want RegionId although the SDKs leave it out (help.aliyun.com 30561).
      query: { ...query, RegionId: region, IotInstanceId: instanceId },
      form,
      credentials,
      timestamp: (ticket?.at ?? sentAt) + this.correction,
      nonce: ticket?.nonce ?? clock.nonce(16),
    });
    let response: HttpResponse;
    try {
      response = await transport.send({ ...request, timeoutMs: Math.min(requestTimeoutMs, until - sentAt) });
    } catch (error) {
      if (error instanceof TransportError) return { failure: failureOfTransport(error) };
      throw error;
    }
    this.measuredSkew = clockSkew(response.headers.date, sentAt, clock.now()) ?? this.measuredSkew;
    return readAnswer(operation, response, clock.now());
  }

  /** Whether something changed that makes one more try worth while. */
  private async remedy({ meaning }: Failure, refused: AliyunCredentials): Promise<boolean> {
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

  private tooLate(operation: Repeatability): CloudError {
    const [code, text] = this.ending.signal.aborted
      ? ['Closed', 'not sent: the connection was closed']
      : [OUT_OF_TIME, 'not sent: no time is left for it'];
    return cloudError(operation, { code, text, meaning: 'uncertain', sent: 'no' });
  }
}
