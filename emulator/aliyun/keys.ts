import { Nonces } from '../nonces';
import { GatewayError } from './errors';

/** An access key of the emulated account. */
export interface AccessKey {
  accessKeyId: string;
  accessKeySecret: string;
  /** STS: calls must carry this token. */
  securityToken?: string;
  /** STS: until when, wall time in milliseconds. */
  expiresAt?: number;
  /** Operations that RAM denies to this key; `*` is all. */
  denied?: string[];
  /** A disabled key is refused. @default true */
  active?: boolean;
}

/** A nonce is remembered for twice the time that a date may be off (an assumption; the vendor names no time). */
const nonceMemoryMs = 30 * 60_000;
/** help.aliyun.com 30561: more than 15 minutes off is refused. */
const dateToleranceMs = 15 * 60_000;

/** The account's keys, and what keeps an old request from being sent again. */
export class KeyRing {
  private keys = new Map<string, AccessKey>();
  private readonly nonces = new Nonces(nonceMemoryMs);

  /** Adds a key, or replaces the one with the same id. */
  put(key: AccessKey): void {
    this.keys.set(key.accessKeyId, key);
  }

  remove(accessKeyId: string): void {
    this.keys.delete(accessKeyId);
  }

  get(accessKeyId: string): AccessKey | undefined {
    return this.keys.get(accessKeyId);
  }

  list(): AccessKey[] {
    return [...this.keys.values()];
  }

  clear(): void {
    this.keys.clear();
    this.nonces.clear();
  }

  /** The key by its id, if it may be used with this token now. */
  require(accessKeyId: string, securityToken: string | undefined, now: number): AccessKey {
    const key = this.keys.get(accessKeyId);
    if (!key) throw new GatewayError(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
    if (key.active === false) {
      throw new GatewayError(400, 'InvalidAccessKeyId.Inactive', 'Specified access key is disabled.');
    }
    if (key.securityToken !== undefined && securityToken === undefined) {
      throw new GatewayError(400, 'MissingSecurityToken', 'SecurityToken is mandatory for this action.');
    }
    if (key.securityToken !== securityToken) {
      throw new GatewayError(
        400,
        'InvalidSecurityToken.MismatchWithAccessKey',
        'Specified SecurityToken mismatch with the AccessKey.',
      );
    }
    if (key.expiresAt !== undefined && now >= key.expiresAt) {
      throw new GatewayError(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.');
    }
    return key;
  }

  /** The date's form and distance from `now`; `expired` is the code of one too far away. */
  checkDate(date: string | undefined, now: number, expired: string): void {
    if (date === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date) || Number.isNaN(Date.parse(date))) {
      throw new GatewayError(
        400,
        'InvalidTimeStamp.Format',
        'Specified time stamp or date value is not well formatted.',
      );
    }
    if (Math.abs(Date.parse(date) - now) > dateToleranceMs) {
      throw new GatewayError(400, expired, 'Specified time stamp or date value is expired.');
    }
  }

  /** Refuses a nonce that it has seen. To be called once the signature is known to be good. */
  checkNonce(accessKeyId: string, nonce: string, now: number): void {
    if (nonce === '') {
      throw new GatewayError(400, 'MissingSignatureNonce', 'SignatureNonce is mandatory for this action.');
    }
    if (this.nonces.has(accessKeyId, nonce, now)) {
      throw new GatewayError(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
    }
  }

  useNonce(accessKeyId: string, nonce: string, now: number): void {
    this.nonces.use(accessKeyId, nonce, now);
  }
}
