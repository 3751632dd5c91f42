import { createHmac } from 'node:crypto';
import { sameText } from '../encoding';
import type { Claim } from './claim';
import { percentEncode } from './encoding';
import { GatewayError } from './errors';
import type { Parameters } from './parameters';
import { isSecret } from './secret-parameters';

/** The older scheme of RPC calls, SignatureVersion 1.0: its claims are parameters (help.aliyun.com 30561, 30563). */
export function hmacSha1Claim(method: string, parameters: Parameters): Claim {
  const accessKeyId = mandatory(parameters, 'AccessKeyId');
  oneOf(parameters, 'SignatureMethod', 'HMAC-SHA1');
  oneOf(parameters, 'SignatureVersion', '1.0');
  const claimed = parameters.text('Signature');
  if (!claimed) throw new GatewayError(400, 'IncompleteSignature', 'There is no Signature.');
  return {
    accessKeyId,
    securityToken: parameters.text('SecurityToken'),
    date: mandatory(parameters, 'Timestamp'),
    nonce: parameters.text('SignatureNonce') ?? '',
    verify: (secret) => {
      const toSign = stringToSign(method, canonicalQuery(parameters.entries()));
      if (sameText(claimed, signature(secret, toSign))) return;
      // The vendor shows what it computed, too. What is as secret as the key is masked.
      const masked = parameters.entries().map(([key, value]): [string, string] => [key, isSecret(key) ? '***' : value]);
      const shown = stringToSign(method, canonicalQuery(masked));
      throw new GatewayError(
        400,
        'SignatureDoesNotMatch',
        `Specified signature is not matched with our calculation. server string to sign is:${shown}`,
      );
    },
  };
}

/**
 * Query and form together, without the signature. Sorted by the raw key, so `DeviceName.10` precedes `DeviceName.2`
 * (help.aliyun.com/en/sdk/product-overview/rpc-mechanism).
 */
export function canonicalQuery(parameters: readonly (readonly [string, string])[]): string {
  return parameters
    .filter(([key]) => key !== 'Signature')
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([key, value]) => `${percentEncode(key)}=${percentEncode(value)}`)
    .join('&');
}

/** The values in it are encoded twice. */
export function stringToSign(method: string, canonical: string): string {
  return `${method}&${percentEncode('/')}&${percentEncode(canonical)}`;
}

/** The key is the secret followed by `&`, unlike in ACS3. */
export function signature(secret: string, toSign: string): string {
  return createHmac('sha1', `${secret}&`).update(toSign).digest('base64');
}

function mandatory(parameters: Parameters, name: string): string {
  const value = parameters.text(name);
  if (value === undefined) throw new GatewayError(400, `Missing${name}`, `${name} is mandatory for this action.`);
  return value;
}

/** Which code the gateway sends for another method or version is unknown; InvalidParameter is its general one. */
function oneOf(parameters: Parameters, name: string, value: string): void {
  if (mandatory(parameters, name) !== value) {
    throw new GatewayError(
      400,
      'InvalidParameter',
      `The specified parameter ${name} is not valid: it must be ${value}.`,
    );
  }
}
