import * as z from 'zod';
import type { AdminRoutes } from './admin-routes';
import type { RateEnforcement, RateLimiter } from './rates';

/** What happens to a device without its cloud's API. */
interface Hands {
  readonly name: string;
  connect(deviceName: string, product?: string): void;
  disconnect(deviceName: string, product?: string): void;
  deleteDevice(deviceName: string, product?: string): void;
}

/** The routes by which a device connects, disconnects, or is deleted by hand. `product`: what the cloud calls its product's id. */
export function handRoutes(cloud: Hands, product: 'productKey' | 'productId'): AdminRoutes {
  const schema = z.strictObject({ deviceName: z.string(), [product]: z.string().optional() });
  const route =
    (work: (deviceName: string, of?: string) => void): AdminRoutes[string] =>
    ({ body }) => {
      const { deviceName = '', [product]: of }: Record<string, string | undefined> = body(schema);
      work(deviceName, of);
    };
  return {
    [`POST ${cloud.name}/connect`]: route((name, of) => cloud.connect(name, of)),
    [`POST ${cloud.name}/disconnect`]: route((name, of) => cloud.disconnect(name, of)),
    [`POST ${cloud.name}/delete`]: route((name, of) => cloud.deleteDevice(name, of)),
  };
}

/** What may be changed of a cloud while it runs. */
interface Switchable {
  readonly assumptions: object;
  readonly durations: object;
  readonly quotas: object;
  readonly rates: RateLimiter;
  clockSkewMs: number;
}

/** What a call changes; what it does not name stays. */
interface Switches {
  assumptions?: object;
  durations?: object;
  quotas?: object;
  rates?: RateEnforcement;
  clockSkewMs?: number;
}

export function turnSwitches(
  cloud: Switchable,
  { assumptions, durations, quotas, rates, clockSkewMs }: Switches,
): void {
  Object.assign(cloud.assumptions, assumptions);
  Object.assign(cloud.durations, durations);
  Object.assign(cloud.quotas, quotas);
  if (rates !== undefined) cloud.rates.enforce(rates);
  cloud.clockSkewMs = clockSkewMs ?? cloud.clockSkewMs;
}
