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
  /** How many batches share the account's rates, at least 1. */
  share: number;
  /** The account's limiters, where connections of this process share them. @default ones of its own, by `share` */
  rates?: RateLimits;
  /** The moment (ms since 1970) after which no request may still run. */
  until: number;
}
