import type { Operation } from './operation';
import type { Cloud, FoundDevice } from './ports/cloud';

/** Which of the names exist at the cloud. */
export async function lookUp(
  operation: Operation,
  cloud: Cloud,
  names: readonly string[],
): Promise<Map<string, FoundDevice>> {
  if (names.length === 0) return new Map();
  const found = await operation.patiently('looking up devices', () =>
    cloud.lookUp(names, (done) => operation.observer.progress({ step: 'look-up', done, of: names.length })),
  );
  return new Map(found.map((device) => [device.name, device]));
}
