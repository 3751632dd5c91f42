import type { Clock } from '../lib/batch/ports/clock';
import type { Store } from '../lib/batch/ports/store';
import type { ProcessRates } from '../lib/clouds/process-rates';
import type { connectCloud } from '../lib/clouds/registry';
import type { DeviceSecrets } from './device-secrets';
import type { ReadObject } from './names-files';
import type { ReadSecret } from './secrets';

/** Everything outside of the handler. */
export interface HandlerPorts {
  /** The bucket behind the store, for whoever is to find the manifest there. */
  bucket: string;
  store: Store;
  clock: Clock;
  readSecret: ReadSecret;
  deviceSecrets: DeviceSecrets;
  /** Reads an asset. */
  readObject: ReadObject;
  rates: ProcessRates;
  connect: typeof connectCloud;
  /** Takes one line of the log, without its end. */
  write: (line: string) => void;
}
