import type { SimulatedWorld } from '../world/world';
import type { Report } from './report';
import { clearedGenerations, managedSecrets } from './stored';

/** I2: Secrets Manager has none of a generation that is gone, unless its devices are retained. */
export function checkLeftSecrets({ store, secrets }: SimulatedWorld, report: Report): void {
  for (const id of clearedGenerations(store)) {
    for (const device of managedSecrets(secrets, id).keys()) {
      report.violated('I2', `the secret of ${device} is left, and generation ${id} is gone`);
    }
  }
}
