import type { DeviceSelection } from '../batch/contract/device-names';
import { countNames, expandNames } from '../batch/contract/device-names';
import type { CloudLimits } from '../batch/contract/limits';
import { MAX_TIMEOUT_SECONDS, maxDeletableDevices } from '../batch/contract/time-budget';

/** What one batch of a stack lays claim to. */
export interface Claim {
  /** The batch's path in the app. */
  path: string;
  /** Equal for batches of the same product. */
  product: string;
  devices: DeviceSelection;
  limits: CloudLimits;
}

/** What the batches of one stack may not do together, as error texts. One pass, whatever their number. */
export function brokenStackRules(claims: readonly Claim[]): string[] {
  const clouds = new Map<CloudLimits, Claim[]>();
  for (const claim of claims) push(clouds, claim.limits, claim);
  const tooMany = [...clouds].flatMap(([limits, batches]) => tooManyToDelete(limits, batches) ?? []);
  // With a sane sum the names fit into the memory.
  return tooMany.length === 0 ? overlaps(claims) : tooMany;
}

/** The batches of a stack are deleted with it, side by side, and those of one cloud share the account's rate. */
function tooManyToDelete(limits: CloudLimits, claims: readonly Claim[]): string | undefined {
  const devices = claims.reduce((sum, claim) => sum + countNames(claim.devices), 0);
  const most = maxDeletableDevices(limits);
  if (devices <= most) return undefined;
  return (
    `the ${claims.length} batches of this stack have ${devices} devices, which could not be deleted again within ` +
    `${MAX_TIMEOUT_SECONDS / 60} minutes (${limits.title} deletes ${limits.throughput.delete} a second): ` +
    `split them over stacks of at most ${most} [TooManyDevices]`
  );
}

/** Two batches that list one device would each register it, and each delete it. */
function overlaps(claims: readonly Claim[]): string[] {
  const owners = new Map<string, string>();
  const shared = new Map<string, string[]>();
  for (const { path, product, devices } of claims) {
    for (const name of expandNames(devices)) {
      const device = `${product}\n${name}`;
      const owner = owners.get(device);
      if (owner === undefined) owners.set(device, path);
      else push(shared, `${owner} and ${path}`, name);
    }
  }
  return [...shared].map(
    ([pair, names]) =>
      `${pair} both ask for ${firstOf(names)} of the same product: a device belongs to one batch, ` +
      'so rename it in one of them or leave it out [NamesOverlap]',
  );
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function firstOf(names: readonly string[]): string {
  const rest = names.length - 3;
  return names.slice(0, 3).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
