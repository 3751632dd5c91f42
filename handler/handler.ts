import type { Clock } from '../lib/batch/ports/clock';
import type { Store } from '../lib/batch/ports/store';
import type { connectCloud } from '../lib/clouds/registry';
import type { DeviceSecrets } from './device-secrets';
import type { CustomResourceEvent, Invocation, IsCompleteAnswer, IsCompleteEvent, OnEventAnswer } from './framework';
import { isComplete } from './is-complete';
import type { ReadObject } from './names-files';
import { onEvent } from './on-event';
import type { ReadSecret } from './secrets';
import { isStoreResource, storeIsComplete, storeOnEvent } from './store-resource';

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
  /** How many batches share the account's rates. */
  rateShare: number;
  connect: typeof connectCloud;
  /** Takes one line of the log, without its end. */
  write: (line: string) => void;
}

/** The two functions that the provider framework calls. They keep nothing between calls: all state is in the store. */
export interface Handler {
  onEvent: (event: CustomResourceEvent, invocation: Invocation) => Promise<OnEventAnswer>;
  isComplete: (event: IsCompleteEvent, invocation: Invocation) => Promise<IsCompleteAnswer>;
}

export function createHandler(ports: HandlerPorts): Handler {
  return {
    onEvent: async (event, invocation) =>
      isStoreResource(event) ? storeOnEvent(ports, event) : onEvent(ports, event, invocation),
    isComplete: (event, invocation) =>
      isStoreResource(event) ? storeIsComplete(ports, event, invocation) : isComplete(ports, event, invocation),
  };
}
