import type { AliyunSignature } from '../../batch/contract/cloud-reference';
import type { HttpRequest } from '../http/transport';
import { signAcs3 } from './acs3';
import { signHmacSha1 } from './hmac-sha1';
import type { UnsignedCall } from './unsigned-call';

/** Makes a call into a request, by either of the schemes that the gateway knows. */
export const signers: Record<AliyunSignature, (call: UnsignedCall) => Omit<HttpRequest, 'timeoutMs'>> = {
  'ACS3-HMAC-SHA256': signAcs3,
  'HMAC-SHA1': signHmacSha1,
};
