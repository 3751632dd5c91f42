import { type EmulatorRequest, header } from '../message';
import { acs3Claim, isAcs3 } from './acs3';
import type { Claim } from './claim';
import { hmacSha1Claim } from './hmac-sha1';
import type { Parameters } from './parameters';

/** How a call is signed, which also decides where it names its operation, its version and the format of the answer. */
export interface Scheme {
  action: string | undefined;
  version: string | undefined;
  /** Reads the claim. Throws a GatewayError where it is incomplete. */
  claim(): Claim;
}

/** A call that is signed in neither way counts as an incomplete ACS3 one. */
export function schemeOf(request: EmulatorRequest, parameters: Parameters): Scheme {
  // SDKs of the older scheme send x-acs-action as well, but sign the parameter only.
  return isOlder(request, parameters)
    ? {
        action: parameters.text('Action'),
        version: parameters.text('Version'),
        claim: () => hmacSha1Claim(request.method, parameters),
      }
    : {
        action: header(request, 'x-acs-action') ?? parameters.text('Action'),
        version: header(request, 'x-acs-version') ?? parameters.text('Version'),
        claim: () => acs3Claim(request),
      };
}

/** The operation that is asked for. ACS3 names it in a header: only else are the parameters, half a megabyte perhaps, read. */
export function requestedAction(request: EmulatorRequest, parameters: () => Parameters): string {
  const named = isAcs3(request) ? header(request, 'x-acs-action') : undefined;
  return named ?? schemeOf(request, parameters()).action ?? '';
}

export type AnswerFormat = 'JSON' | 'XML';

/**
 * `Format`, in any case (SDKs send `json` and `JSON`); without it ACS3 goes by the Accept header and the older scheme by
 * the documented default, XML (help.aliyun.com 30561).
 */
export function formatOf(request: EmulatorRequest, parameters: Parameters, acs3Default: AnswerFormat): AnswerFormat {
  const asked = parameters.text('Format');
  if (asked !== undefined) return asked.toUpperCase() === 'JSON' ? 'JSON' : 'XML';
  if (isOlder(request, parameters)) return 'XML';
  const accepted = header(request, 'accept') ?? '';
  if (accepted.includes('json')) return 'JSON';
  return accepted.includes('xml') ? 'XML' : acs3Default;
}

function isOlder(request: EmulatorRequest, parameters: Parameters): boolean {
  if (isAcs3(request)) return false;
  return ['AccessKeyId', 'SignatureMethod', 'Signature'].some((name) => parameters.text(name) !== undefined);
}
