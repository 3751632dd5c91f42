import type { Fault } from '../world/faults';
import type { Meddling, Setting } from '../world/world';
import type { Program } from './program';

/** A random story of a Pulumi stack, complete in itself. */
export interface TwinLife {
  twin: 'pulumi';
  seed: string;
  setting: Setting;
  steps: TwinStep[];
}

export interface TwinStep {
  deed: TwinDeed;
  /** Its own chance, so that leaving out other steps does not change it. */
  seed: string;
  faults: Fault[];
  /** Whoever calls has a later version of the package than the others. */
  byNewer?: true;
}

export type TwinDeed =
  /** `aliases`: new names to the ones before. `previews`: as without --skip-preview. */
  | { do: 'up'; program: Program; aliases: Readonly<Record<string, string>>; previews: boolean }
  | { do: 'refresh' }
  | { do: 'destroy' }
  /** `npx iot-device-batch settle`. */
  | { do: 'settle' }
  | { do: 'meddle'; how: Meddling }
  /** The state or the journal, or both, are gone, or are again as they were so many steps ago. */
  | { do: 'lose'; what: 'state' | 'journal' | 'both'; back: number }
  | { do: 'wait'; ms: number };
