import type { Target } from '../target';
import { answers } from './answers';
import { construct } from './construct';
import { deviceFiles } from './device-files';
import { folders } from './folders';
import { keysOfClouds } from './keys-of-clouds';
import { options } from './options';
import { records } from './records';
import { s3Answers } from './s3-answers';
import { secretsOfDevices } from './secrets-of-devices';
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
  keysOfClouds,
  secretsOfDevices,
  answers,
  s3Answers,
  storeObjects,
  records,
  folders,
  twinState,
  ...signers,
];
