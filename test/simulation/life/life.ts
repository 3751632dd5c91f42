import type { Course } from '../stack/stack';
import type { Template } from '../stack/spec';
import type { Fault } from '../world/faults';
import type { Meddling, Setting } from '../world/world';

/** A random story, complete in itself: the same life ends in the same way, whoever lives it. */
export interface Life {
  seed: string;
  setting: Setting;
  steps: Step[];
}

export interface Step {
  deed: Deed;
  /** Its own chance, so that leaving out other steps does not change it. */
  seed: string;
  faults: Fault[];
}

export type Deed =
  | { do: 'deploy'; template: Template; course: Course }
  | { do: 'roll back'; course: Course }
  | { do: 'delete' }
  /** The stack gets another name: its devices are retained, it is deleted, and one of the new name adopts them. */
  | { do: 'rename'; course: Course }
  /** Somebody does something to a device by hand. */
  | { do: 'meddle'; how: Meddling }
  /** An earlier event is delivered once more. */
  | { do: 'redeliver'; which: number }
  | { do: 'wait'; ms: number };
