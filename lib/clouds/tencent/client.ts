import type { TencentApiVersion } from '../../batch/contract/cloud-reference';
import { ApiClient, type ApiClientOptions } from '../http/api-client';
import { readAnswer, readLegacyAnswer } from './answer';
import type { TencentCredentials } from './credentials';
import { cloudError } from './failure';
import type { Operation } from './operation';
import { signLegacy } from './query-signature';
import { signTc3 } from './tc3';
import type { Parameters } from './unsigned-call';

/** The only version that has the batch operations (npm tencentcloud-sdk-nodejs 4.1.313: 2021-04-08 lacks them). */
const VERSION = '2018-06-14';

export interface TencentClientOptions extends ApiClientOptions<TencentCredentials> {
  endpoint: URL;
  apiVersion: TencentApiVersion;
  region: string;
}

/** Calls operations of either of Tencent's APIs. */
export class TencentClient {
  private readonly api: ApiClient<TencentCredentials>;

  constructor(private readonly options: TencentClientOptions) {
    this.api = new ApiClient(options);
  }

  /** @throws CloudError, and nothing else. */
  call<Answer>(operation: Operation<Answer>, parameters: Parameters): Promise<Answer> {
    const { endpoint, apiVersion, region, clock } = this.options;
    return this.api.call({
      operation,
      sign: (credentials, now, correction) => {
        const timestamp = now + correction;
        const call = { endpoint, action: operation.name, parameters, credentials, timestamp, nonce: clock.nonce(16) };
        return apiVersion === '3.0' ? signTc3(call, { version: VERSION, region }) : signLegacy(call);
      },
      read: (response, now) => (apiVersion === '3.0' ? readAnswer : readLegacyAnswer)(operation, response, now),
      error: (failure, credentials) => cloudError(operation, failure, credentials),
    });
  }

  /** How far the server's clock is ahead, in milliseconds, by the last answer; 0 if unknown. */
  get clockSkewMs(): number {
    return this.api.clockSkewMs;
  }

  close(): Promise<void> {
    return this.api.close();
  }
}
