import type { Served } from '../cloud';
import { type Fault, faultOf } from '../faults';
import { type EmulatorRequest, header } from '../message';
import type { Randomness } from '../randomness';
import type { RateLimiter } from '../rates';
import type { AliyunAssumptions } from './assumptions';
import type { Claim } from './claim';
import { type Envelope, failure, success } from './envelope';
import { BusinessError, GatewayError } from './errors';
import type { AccessKey, KeyRing } from './keys';
import { operations } from './operations';
import type { Operation } from './operations/operation';
import { Parameters } from './parameters';
import type { Platform } from './platform';
import { formatOf, type Scheme, schemeOf } from './scheme';

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
    const { assumptions, platform } = this;
    const { now, shown } = time;
    const parameters = new Parameters(request, assumptions);
    const scheme = schemeOf(request, parameters);
    const host = header(request, 'host') ?? '';
    const envelope: Envelope = {
      format: formatOf(request, parameters, assumptions.acs3WithoutAccept),
      requestId,
      operation: scheme.action ?? '',
      host,
      assumptions,
      shown,
    };
    const served: Omit<Served, 'answer'> = { requestId, executed: false, parameters: parameters.summary() };
    try {
      const operation = requestedOperation(request, scheme, assumptions);
      const claim = scheme.claim();
      const key = this.authenticate(claim, shown);
      served.accessKeyId = key.accessKeyId;
      this.authorise(key, operation);
      this.limit(operation, parameters, now, faults);
      this.keys.useNonce(key.accessKeyId, claim.nonce, shown);
      failByFault(faults, false);
      const payload = operation.execute({ parameters, platform, assumptions, now, requestId, host, faults });
      served.executed = true;
      failByFault(faults, true);
      return { ...served, answer: success(envelope, payload, faults) };
    } catch (error) {
      if (!(error instanceof GatewayError || error instanceof BusinessError)) throw error;
      return { ...served, code: error.code, answer: failure(envelope, error) };
    }
  }

  private authenticate(claim: Claim, now: number): AccessKey {
    const key = this.keys.require(claim.accessKeyId, claim.securityToken, now);
    this.keys.checkDate(claim.date, now, this.assumptions.expiredDate);
    claim.verify(key.accessKeySecret);
    this.keys.checkNonce(key.accessKeyId, claim.nonce, now);
    // Else it is used up only once RAM and the rate have let the call pass.
    if (this.assumptions.nonceOfRefusedCall === 'used') this.keys.useNonce(key.accessKeyId, claim.nonce, now);
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
function requestedOperation(
  request: EmulatorRequest,
  scheme: Scheme,
  { unknownOperation }: Readonly<AliyunAssumptions>,
): Operation {
  if (request.method !== 'POST' && request.method !== 'GET') {
    throw new GatewayError(403, 'UnsupportedHTTPMethod', 'This http method is not supported.');
  }
  if (scheme.version !== version) throw new GatewayError(400, 'NoSuchVersion', 'Specified version does not exist.');
  if (!scheme.action) throw new GatewayError(400, 'MissingAction', 'Action is mandatory for this action.');
  const operation = operations.get(scheme.action);
  if (!operation) {
    throw new GatewayError(
      unknownStatus[unknownOperation],
      unknownOperation,
      `Specified api ${scheme.action} is not found.`,
    );
  }
  return operation;
}

const unknownStatus = { 'InvalidApi.NotFound': 404, InvalidAction: 403, UnsupportedOperation: 400 };

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
