import type { Inputs } from '../../../lib/pulumi/inputs';
import type { Outputs } from '../../../lib/pulumi/state';
import type { BatchSpec } from '../stack/spec';

/** A resource as Pulumi's state has it. */
export interface TwinResource {
  name: string;
  id: string;
  inputs: Inputs;
  outputs: Outputs;
  /** What the program said of it. */
  spec: BatchSpec;
  /** An operation has failed and left it behind (`initErrors`). */
  failed: boolean;
  /** It was replaced, and is still to be deleted. */
  doomed: boolean;
}

/** The state of a stack: what its backend keeps. */
export class TwinState {
  constructor(public resources: TwinResource[] = []) {}

  find(name: string): TwinResource | undefined {
    return this.resources.find((each) => each.name === name && !each.doomed);
  }

  remove(resource: TwinResource): void {
    this.resources = this.resources.filter((each) => each !== resource);
  }

  copy(): TwinState {
    return new TwinState(structuredClone(this.resources));
  }
}
