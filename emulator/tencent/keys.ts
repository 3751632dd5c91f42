import { Nonces } from '../nonces';
import { Refusal } from './errors';

/** An API key of the emulated account. */
export interface ApiKey {
  secretId: string;
  secretKey: string;
  /** Temporary keys: calls must carry this token. */
  token?: string;
  /** Temporary keys: until when, wall time in milliseconds. */
  expiresAt?: number;
  /** Operations that CAM denies to this key; `*` is all. */
  denied?: string[];
  /** A disabled key is refused. @default true */
  active?: boolean;
}

/** tencentcloud.com 1131/45350: more than 5 minutes off is refused. */
const toleranceMs = 5 * 60_000;

/** What a request says about its caller, by whichever of the vendor's signatures. */
export interface Claim {
  secretId: string;
  token: string | undefined;
  /** Seconds since 1970, as sent. */
  timestamp: string | undefined;
  /** TC3 has none: the same bytes may come again as long as their time is good. */
  nonce: string | undefined;
  /** Whether the signature is this key's over exactly this request. */
  isSignedBy(secretKey: string): boolean;
}

/** The account's keys, and what keeps an old request from being sent again. */
export class ApiKeys {
  private readonly keys = new Map<string, ApiKey>();
  // A signature is good until its time is 5 minutes past, and its time may be as much ahead.
  private readonly nonces = new Nonces(2 * toleranceMs);

  /** Adds a key, or replaces the one with the same id. */
  put(key: ApiKey): void {
    this.keys.set(key.secretId, key);
  }

  list(): ApiKey[] {
    return [...this.keys.values()];
  }

  clear(): void {
    this.keys.clear();
    this.nonces.clear();
  }

  /**
   * The key of the caller, once the claim is proven at the cloud's own time `now`.
   *
   * @param reusedNonce the code for a signature that has come before
   * @throws Refusal with the code of whatever is wrong
   */
  authenticate(claim: Claim, now: number, reusedNonce: string): ApiKey {
    const { secretId, token, nonce } = claim;
    const key = this.keys.get(secretId);
    // "Does not exist": deleted or disabled keys as well (tencentcloud.com 1131/45350).
    if (!key || key.active === false) throw refused('AuthFailure.SecretIdNotFound', 'The SecretId is not found.');
    requireTime(claim.timestamp, now);
    if (key.token !== token || (key.expiresAt !== undefined && now >= key.expiresAt)) {
      throw refused('AuthFailure.TokenFailure', 'The token is invalid or has expired.');
    }
    if (!claim.isSignedBy(key.secretKey)) {
      throw refused('AuthFailure.SignatureFailure', 'The provided credentials could not be validated.');
    }
    if (nonce !== undefined) {
      // Timestamp and Nonce together prevent replay (cloud.tencent.com api/213/4772).
      const signature = `${claim.timestamp}:${nonce}`;
      if (this.nonces.has(secretId, signature, now)) throw refused(reusedNonce, 'The Nonce was used already.');
      this.nonces.use(secretId, signature, now);
    }
    return key;
  }
}

function requireTime(timestamp: string | undefined, now: number): void {
  if (timestamp === undefined) throw refused('MissingParameter', 'The Timestamp is missing.');
  if (!/^\d{1,12}$/.test(timestamp)) throw refused('InvalidParameter', 'The Timestamp is not in seconds since 1970.');
  if (Math.abs(Number(timestamp) * 1000 - now) > toleranceMs) {
    throw refused('AuthFailure.SignatureExpire', "The signature's time is too far from the server's.");
  }
}

function refused(code: string, message: string): Refusal {
  return new Refusal(code, message);
}
