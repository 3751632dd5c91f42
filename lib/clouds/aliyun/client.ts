import type { AliyunSignature } from '../../batch/contract/cloud-reference';
import type { RequestTicket } from '../../batch/ports/cloud';
import { ApiClient, type ApiCall, type ApiClientOptions } from '../http/api-client';
import { readAnswer } from './answer';
import type { AliyunCredentials } from './credentials';
import type { Parameters } from './encode';
import { cloudError } from './failure';
import { API_VERSION, type Operation } from './operation';
import { signers } from './signers';
import { issueTicket, ticketFailure } from './ticket';

export interface AliyunClientOptions extends ApiClientOptions<AliyunCredentials> {
  endpoint: URL;
  region: string;
  /** Sent with every call if the instance has an id: without it they fail (help.aliyun.com 69482). */
  instanceId?: string;
  signature: AliyunSignature;
}

/** Calls operations of Alibaba's API. */
export class AliyunClient {
  private readonly api: ApiClient<AliyunCredentials>;

  constructor(private readonly options: AliyunClientOptions) {
    this.api = new ApiClient(options);
  }

  /** @throws CloudError, and nothing else. */
  call<Answer>(operation: Operation<Answer>, query: Parameters, form: Parameters = {}): Promise<Answer> {
    return this.api.call(this.toCall(operation, query, form));
  }

  /** One try of a call that the cloud recognises if it comes again with the same ticket. @throws CloudError */
  callOnce<Answer>(operation: Operation<Answer>, query: Parameters, ticket: RequestTicket): Promise<Answer> {
    return this.api.callOnce(this.toCall(operation, query, {}, ticket));
  }

  /** A ticket for calls signed with the present keys. */
  async issueTicket(): Promise<RequestTicket> {
    return issueTicket(this.options.clock, await this.api.presentKeys());
  }

  /** How far the server's clock is ahead, in milliseconds, by the last answer; 0 if unknown. */
  get clockSkewMs(): number {
    return this.api.clockSkewMs;
  }

  close(): Promise<void> {
    return this.api.close();
  }

  private toCall<Answer>(
    operation: Operation<Answer>,
    query: Parameters,
    form: Parameters,
    ticket?: RequestTicket,
  ): ApiCall<Answer, AliyunCredentials> {
    const { endpoint, region, instanceId, signature, clock } = this.options;
    return {
      operation,
      sign: (credentials, now, correction) =>
        signers[signature]({
          endpoint,
          action: operation.name,
          version: API_VERSION,
          // The docs want RegionId although the SDKs leave it out (help.aliyun.com 30561).
          query: { ...query, RegionId: region, IotInstanceId: instanceId },
          form,
          credentials,
          timestamp: (ticket?.at ?? now) + correction,
          nonce: ticket?.nonce ?? clock.nonce(16),
        }),
      read: (response, now) => readAnswer(operation, response, now),
      obstacle: (credentials, now) => ticket && ticketFailure(ticket, credentials, now),
      error: (failure, credentials) => cloudError(operation, failure, credentials),
    };
  }
}
