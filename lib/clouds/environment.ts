import type { Clock } from '../batch/ports/clock';
import type { Observer } from '../batch/ports/observer';
import type { RateLimits } from './http/rate-limits';
import type { Transport } from './http/transport';

/** What a connection needs of its surroundings. */
export interface CloudEnvironment {
  clock: Clock;
  observer: Observer;
  /** How calls reach the network; closed with the connection. @default undiciTransport() */
  transport?: Transport;
  /** The account's limiters, which all connections of this process share. */
  rates: RateLimits;
  /** The moment (ms since 1970) after which no request may still run. */
  until: number;
}
