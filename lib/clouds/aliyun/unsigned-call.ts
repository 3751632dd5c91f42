import type { AliyunCredentials } from './credentials';
import type { Parameters } from './encode';

/** A call that lacks only its signature. */
export interface UnsignedCall {
  endpoint: URL;
  action: string;
  version: string;
  query: Parameters;
  /** Sent as a form; none if empty. */
  form: Parameters;
  credentials: AliyunCredentials;
  /** Milliseconds since 1970 by the server's clock, at most 15 minutes off. */
  timestamp: number;
  /** Never used before. */
  nonce: string;
}

/** A moment as the gateway writes it in both schemes: `2026-01-02T03:04:05Z`, without fractions. */
export function utcSeconds(timestamp: number): string {
  return new Date(timestamp).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
