import type { Target } from '../target';
import { answers } from './answers';
import { construct } from './construct';
import { deviceFiles } from './device-files';
import { options } from './options';
import { records } from './records';
import { signers } from './signers';
import { storeObjects } from './store-objects';
import { twinOptions } from './twin-options';
import { twinState } from './twin-state';

/** Everything that takes what others have written. */
export const targets: readonly Target[] = [
  options,
  construct,
  twinOptions,
  deviceFiles,
  answers,
  storeObjects,
  records,
  twinState,
  ...signers,
];
