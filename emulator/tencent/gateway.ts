import type { Served } from '../cloud';
import { type Fault, faultOf } from '../faults';
import type { EmulatorRequest } from '../message';
import type { Randomness } from '../randomness';
import type { RateLimiter } from '../rates';
import type { Api } from './api';
import { apiOf } from './api-of';
import type { TencentAssumptions } from './assumptions';
import { Refusal } from './errors';
import type { Hub } from './hub';
import type { ApiKey, ApiKeys } from './keys';
import type { Operation } from './operation';
import type { TencentQuotas } from './quotas';

/** Wall time, and what the cloud's own clock shows: they differ where a skew is emulated. */
export interface GatewayTime {
  now: number;
  shown: number;
}

export interface GatewaySettings {
  assumptions: Readonly<TencentAssumptions>;
  quotas: Readonly<TencentQuotas>;
  /** The versions of API 3.0 that the endpoint has. */
  versions: readonly string[];
}

/** What stands in front of the hub, in both APIs: who calls, may they, how often – then the operation, then its envelope. */
export class Gateway {
  constructor(
    private readonly keys: ApiKeys,
    private readonly rates: RateLimiter,
    private readonly hub: Hub,
    private readonly settings: Readonly<GatewaySettings>,
    private readonly random: Randomness,
  ) {}

  serve(request: EmulatorRequest, { now, shown }: GatewayTime, faults: readonly Fault[]): Served {
    const requestId = this.random.guid().toLowerCase();
    const { assumptions, quotas } = this.settings;
    const api = apiOf(request, this.settings, { requestId, shown });
    const served: Omit<Served, 'answer'> = { requestId, executed: false, parameters: api.parameters.summary() };
    try {
      const operation = api.operation();
      const claim = api.claim();
      const reusedNonce = api.generation === '2.0' ? '4500' : assumptions.reusedNonce;
      const key = this.keys.authenticate(claim, shown, reusedNonce);
      served.accessKeyId = key.secretId;
      this.authorise(key, operation);
      this.limit(api, operation, now, faults);
      failByFault(faults, false);
      const { parameters } = api;
      const payload = operation.execute({ parameters, hub: this.hub, assumptions, quotas, now, requestId, faults });
      served.executed = true;
      failByFault(faults, true);
      return { ...served, answer: api.success(payload) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { ...served, code: error.code, answer: api.failure(error) };
    }
  }

  private authorise(key: ApiKey, { name }: Operation): void {
    if (!key.denied?.some((denied) => denied === name || denied === '*')) return;
    throw new Refusal(this.settings.assumptions.camDenial, `You are not authorized to perform iotcloud:${name}.`);
  }

  private limit({ generation }: Api, { name, callsPerSecond }: Operation, now: number, faults: readonly Fault[]): void {
    const fault = faultOf(faults, 'throttle');
    const rate = { bucket: `${generation} ${name}`, perSecond: callsPerSecond };
    if (!fault && this.rates.take(rate, now) === 0) return;
    throw new Refusal(fault?.code ?? 'RequestLimitExceeded', `Your current request times exceed ${callsPerSecond}/s.`);
  }
}

function failByFault(faults: readonly Fault[], executed: boolean): void {
  const gateway = faultOf(faults, 'gatewayError');
  if (gateway && (gateway.executed ?? false) === executed) {
    throw new Refusal(gateway.code, gateway.message ?? 'The request has failed.', gateway.status);
  }
  const business = faultOf(faults, 'businessError');
  if (business && (business.executed ?? false) === executed) {
    throw new Refusal(business.code, business.message ?? 'The request has failed.');
  }
}
