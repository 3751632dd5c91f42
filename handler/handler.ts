import type { CustomResourceEvent, Invocation, IsCompleteAnswer, IsCompleteEvent, OnEventAnswer } from './framework';
import { isComplete } from './is-complete';
import { onEvent } from './on-event';
import type { HandlerPorts } from './ports';
import { isStoreResource, storeIsComplete, storeOnEvent } from './store-resource';

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
