import type { Served } from '../cloud';
import { type Fault, faultOf } from '../faults';
import { type EmulatorRequest, header, type HttpAnswer, jsonAnswer } from '../message';
import type { Randomness } from '../randomness';
import type { RateLimiter } from '../rates';
import { readAuthorization, verifySignature } from './acs3';
import type { AliyunAssumptions } from './assumptions';
import { BusinessError, GatewayError } from './errors';
import type { AccessKey, KeyRing } from './keys';
import { operations } from './operations';
import type { Operation } from './operations/operation';
import { Parameters } from './parameters';
import type { Platform } from './platform';
import { reshapeWrappers } from './wrappers';

const version = '2018-01-20';

/** Wall time, and what the cloud's own clock shows: they differ where a skew is emulated. */
export interface GatewayTime {
  now: number;
  shown: number;
}

/** The API gateway in front of the IoT service: who calls, may they, how often – then the operation, then its envelope. */
export class Gateway {
  constructor(
    private readonly keys: KeyRing,
    private readonly rates: RateLimiter,
    private readonly platform: Platform,
    private readonly assumptions: Readonly<AliyunAssumptions>,
    private readonly random: Randomness,
  ) {}

  serve(request: EmulatorRequest, time: GatewayTime, faults: readonly Fault[]): Served {
    const requestId = this.random.guid();
    const parameters = new Parameters(request, this.assumptions);
    const served: Omit<Served, 'answer'> = { requestId, executed: false, parameters: parameters.summary() };
    const { now, shown } = time;
    try {
      const operation = requestedOperation(request, parameters);
      const key = this.authenticate(request, shown);
      served.accessKeyId = key.accessKeyId;
      this.authorise(key, operation);
      this.limit(operation, parameters, now, faults);
      failByFault(faults, false);
      const call = { parameters, platform: this.platform, assumptions: this.assumptions, now, requestId, faults };
      const payload = operation.execute(call);
      served.executed = true;
      failByFault(faults, true);
      const wrappers = faultOf(faults, 'wrappers');
      const body = { RequestId: requestId, Success: true, ...payload };
      return {
        ...served,
        answer: dated(jsonAnswer(200, wrappers ? reshapeWrappers(body, wrappers.as) : body), shown),
      };
    } catch (error) {
      if (!(error instanceof GatewayError || error instanceof BusinessError)) throw error;
      const answer =
        error instanceof GatewayError
          ? gatewayAnswer(error, requestId, header(request, 'host') ?? '')
          : businessAnswer(error, requestId, this.assumptions.businessErrorStatus);
      return { ...served, code: error.code, answer: dated(answer, shown) };
    }
  }

  private authenticate(request: EmulatorRequest, now: number): AccessKey {
    // Other schemes (HMAC-SHA1 in the query or form) are told apart here, by the absence of an ACS3 Authorization.
    const authorization = readAuthorization(request);
    if (!authorization) {
      throw new GatewayError(400, 'IncompleteSignature', 'There is no Authorization header of ACS3-HMAC-SHA256.');
    }
    const key = this.keys.require(authorization.accessKeyId, header(request, 'x-acs-security-token'), now);
    this.keys.checkDate(header(request, 'x-acs-date'), now);
    verifySignature(request, authorization, key.accessKeySecret);
    const nonce = header(request, 'x-acs-signature-nonce');
    if (!nonce) throw new GatewayError(400, 'MissingSignatureNonce', 'SignatureNonce is mandatory for this action.');
    this.keys.useNonce(key.accessKeyId, nonce, now);
    return key;
  }

  private authorise(key: AccessKey, { name }: Operation): void {
    if (!key.denied?.some((denied) => denied === name || denied === '*')) return;
    const message = `You are not authorized to do this action: iot:${name}.`;
    throw this.assumptions.ramDenial === 'iot.common.RamActionPermissionDeny'
      ? new BusinessError(this.assumptions.ramDenial, message)
      : new GatewayError(403, this.assumptions.ramDenial, message);
  }

  private limit(operation: Operation, parameters: Parameters, now: number, faults: readonly Fault[]): void {
    const fault = faultOf(faults, 'throttle');
    if (fault) throw throttled(fault.code ?? 'Throttling.User', fault.retryAfterMs);
    const rate = operation.slowerRate?.(parameters) ?? { bucket: operation.name, perSecond: operation.callsPerSecond };
    const waitMs = this.rates.take(rate, now);
    if (waitMs > 0) throw throttled('Throttling.User', this.assumptions.retryAfterHint ? waitMs : undefined);
  }
}

/** Names of action and version are case-sensitive (help.aliyun.com 30561). */
function requestedOperation(request: EmulatorRequest, parameters: Parameters): Operation {
  if (request.method !== 'POST' && request.method !== 'GET') {
    throw new GatewayError(403, 'UnsupportedHTTPMethod', 'This http method is not supported.');
  }
  const asked = header(request, 'x-acs-version') ?? parameters.text('Version');
  if (asked !== version) throw new GatewayError(400, 'NoSuchVersion', 'Specified version does not exist.');
  const action = requestedAction(request, () => parameters);
  if (!action) throw new GatewayError(400, 'MissingAction', 'Action is mandatory for this action.');
  const operation = operations.get(action);
  // 403 InvalidAction is documented as well; which one the gateway of IoT sends is unknown.
  if (!operation) throw new GatewayError(404, 'InvalidApi.NotFound', `Specified api ${action} is not found.`);
  return operation;
}

/** ACS3 names the action in a header; only the older scheme needs the parameters, which may be half a megabyte. */
export function requestedAction(request: EmulatorRequest, parameters: () => Parameters): string {
  return header(request, 'x-acs-action') ?? parameters().text('Action') ?? '';
}

function failByFault(faults: readonly Fault[], executed: boolean): void {
  const gateway = faultOf(faults, 'gatewayError');
  if (gateway && (gateway.executed ?? false) === executed) {
    throw new GatewayError(gateway.status, gateway.code, gateway.message ?? 'The request has failed.');
  }
  const business = faultOf(faults, 'businessError');
  if (business && (business.executed ?? false) === executed) {
    throw new BusinessError(business.code, business.message ?? 'The request has failed.');
  }
}

/** HTTP 400, not 429 (help.aliyun.com 435312); the hint is read by the vendor's SDK, in milliseconds. */
function throttled(code: string, retryAfterMs: number | undefined): GatewayError {
  const headers: Record<string, string> =
    retryAfterMs === undefined ? {} : { 'x-acs-retry-after': String(retryAfterMs) };
  return new GatewayError(400, code, 'Request was denied due to user flow control.', headers);
}

function gatewayAnswer(error: GatewayError, requestId: string, host: string): HttpAnswer {
  const body = {
    RequestId: requestId,
    HostId: host,
    Code: error.code,
    Message: error.message,
    Recommend: `https://next.api.aliyun.com/troubleshoot?q=${encodeURIComponent(error.code)}&product=Iot`,
  };
  return jsonAnswer(error.status, body, error.headers);
}

function businessAnswer(error: BusinessError, requestId: string, status: number): HttpAnswer {
  return jsonAnswer(status, {
    RequestId: requestId,
    Success: false,
    ...(error.code === '' ? {} : { Code: error.code }),
    ErrorMessage: error.message,
    ...error.payload,
  });
}

/** `Date` is the cloud's clock, by which clients measure their own. */
function dated(answer: HttpAnswer, now: number): HttpAnswer {
  return { ...answer, headers: { ...answer.headers, date: new Date(now).toUTCString() } };
}
