import type { Target } from '../target';
import { answers } from './answers';
import { deviceFiles } from './device-files';
import { options } from './options';
import { signers } from './signers';
import { storeObjects } from './store-objects';
import { twinOptions } from './twin-options';

/** Everything that takes what others have written. */
export const targets: readonly Target[] = [options, twinOptions, deviceFiles, answers, storeObjects, ...signers];
