import { createHmac } from 'node:crypto';
import type { HttpRequest } from '../http/transport';
import { canonicalPairs, enc, type Parameters } from './encode';
import { utcSeconds, type UnsignedCall } from './unsigned-call';

/**
 * Signs by HMAC-SHA1, `SignatureVersion` 1.0, the scheme of the product's own pages
 * (help.aliyun.com/en/sdk/product-overview/rpc-mechanism). Everything travels in the form, as the vendor's older SDK
 * sends it (npm @alicloud/pop-core, rpc.js): names would burst a URL, and URLs are logged, tokens and all.
 */
export function signHmacSha1(call: UnsignedCall): Omit<HttpRequest, 'timeoutMs'> {
  const parameters = signedParameters(call);
  const signature = hmacSha1Signature('POST', parameters, call.credentials.accessKeySecret);
  return {
    method: 'POST',
    url: `${call.endpoint.origin}/`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      // Not signed, nor needed: the SDKs send them for whoever reads logs.
      'x-acs-action': call.action,
      'x-acs-version': call.version,
    },
    body: `${canonicalPairs(parameters)}&Signature=${enc(signature)}`,
  };
}

/** The signature of parameters, which are all of query and form. The key ends in `&`. */
export function hmacSha1Signature(method: 'GET' | 'POST', parameters: Parameters, accessKeySecret: string): string {
  const text = `${method}&${enc('/')}&${enc(canonicalPairs(parameters))}`;
  return createHmac('sha1', `${accessKeySecret}&`).update(text, 'utf8').digest('base64');
}

/** The operation's own parameters and the common ones (help.aliyun.com 30561). */
function signedParameters(call: UnsignedCall): Parameters {
  const { action, version, query, form, credentials, timestamp, nonce } = call;
  return {
    ...query,
    ...form,
    Action: action,
    Version: version,
    // Without it the answer is XML.
    Format: 'JSON',
    AccessKeyId: credentials.accessKeyId,
    SecurityToken: credentials.securityToken,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: nonce,
    Timestamp: utcSeconds(timestamp),
  };
}
