import type { TencentCredentials } from './credentials';

/** A parameter's value in JSON; in a form a list becomes `Name.0`, `Name.1`, … Undefined ones are left out. */
export type Parameters = Record<string, string | number | readonly string[] | undefined>;

/** A call that lacks only its signature. */
export interface UnsignedCall {
  endpoint: URL;
  action: string;
  parameters: Parameters;
  credentials: TencentCredentials;
  /** Milliseconds since 1970 by the server's clock, at most 5 minutes off. */
  timestamp: number;
  /** Hexadecimal, never used before. */
  nonce: string;
}

/** Both APIs tell the time in seconds. */
export function seconds(timestamp: number): number {
  return Math.floor(timestamp / 1000);
}
