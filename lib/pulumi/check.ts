import {
  countNames,
  nameListOf,
  validateActivation,
  validateOnExisting,
  validateReference,
  validateSelection,
  validateTimeout,
  type BatchOptions,
} from '../batch/contract';
import { BatchError } from '../batch/errors';
import { limitsOf } from '../clouds/limits';
import { validateSecretsSize } from './device-secrets';
import { batchIdOf, cloudOf, credentialsOf, journalOf, longest, namesFileOf, optionsOf, type Inputs } from './inputs';
import { namesIn } from './names-file';
import type { Files } from './surroundings';
import { hasUnknown, UNKNOWN } from './unknown';

export interface Checked {
  inputs: Inputs;
  failures: { property: string; reason: string }[];
}

/**
 * Completes the inputs, and says what is wrong with them without asking the cloud. `olds`: those that the resource had, also under
 * another name. In a preview some values are not known yet: what depends on them is not checked.
 */
export async function checkInputs(olds: Partial<Inputs>, news: Inputs, files: Files): Promise<Checked> {
  const inputs: Inputs = { ...news, batchId: olds.batchId ?? batchIdOf(news.resourceUrn) };
  try {
    const checked = await withNames(inputs, files);
    validate(standIns(checked));
    return { inputs: checked, failures: [] };
  } catch (error) {
    if (!(error instanceof BatchError)) throw error;
    return { inputs, failures: [{ property: propertyOf(error.code), reason: `${error.message} [${error.code}]` }] };
  }
}

/** Of a file the digests of its names are part of the inputs, so that a changed file is a change. */
async function withNames(inputs: Inputs, files: Files): Promise<Inputs> {
  const { cloud, devices } = inputs;
  if (hasUnknown(devices) || hasUnknown(cloud)) return inputs;
  const file = namesFileOf(devices);
  if (!file) return inputs;
  const limits = limitsOf(cloudOf(inputs));
  return { ...inputs, devices: { ...(devices as object), names: nameListOf(await namesIn(files, file, limits)) } };
}

function validate(inputs: Inputs | undefined): void {
  if (!inputs) return;
  const options = optionsOf(inputs, 'create');
  const limits = limitsOf(options.cloud);
  validateReference(options.cloud, limits);
  validateSelection(options.devices, limits);
  validateOnExisting(options.onExisting, options.devices);
  validateActivation(limits, options.devices, options);
  validateTimeouts(inputs, options);
  journalOf(inputs);
  validateSecretsSize(credentialsOf(inputs), options);
}

function validateTimeouts(inputs: Inputs, { cloud, devices }: BatchOptions): void {
  for (const operation of ['create', 'update', 'delete'] as const) {
    const { timeoutSeconds } = optionsOf(inputs, operation);
    validateTimeout(limitsOf(cloud), countNames(devices), timeoutSeconds, longest);
  }
}

/** With something harmless in the place of what is not known yet; undefined where too little is known. */
function standIns(inputs: Inputs): Inputs | undefined {
  const { cloud, devices } = inputs;
  if (cloud === UNKNOWN || Object.values(cloud ?? {}).includes(UNKNOWN)) return undefined;
  const known = Object.fromEntries(Object.entries(inputs).filter(([, value]) => !hasUnknown(value))) as Inputs;
  if (hasUnknown(cloud)) known.cloud = replaced(cloud);
  if (hasUnknown(devices)) Object.assign(known, { devices: SOME_DEVICES, onExisting: undefined });
  return known;
}

const SOME_DEVICES = { sequence: { prefix: 'unknown-', count: 1 } };

function replaced(cloud: unknown): unknown {
  if (cloud === UNKNOWN) return 'unknown';
  if (typeof cloud !== 'object' || cloud === null) return cloud;
  return Object.fromEntries(
    Object.entries(cloud)
      // Without an endpoint the region is looked at.
      .map(
        ([name, value]) => [name, name === 'region' && value === UNKNOWN ? 'cn-shanghai' : replaced(value)] as const,
      ),
  );
}

/** Which of the inputs an error is about, for Pulumi to show. */
function propertyOf(code: string): string {
  switch (code) {
    case 'UnknownRegion':
    case 'InvalidCloud':
    case 'InvalidEndpoint':
      return 'cloud';
    case 'InvalidDevices':
    case 'InvalidDeviceFile':
    case 'TooManyDevices':
      return 'devices';
    case 'InvalidOnExisting':
      return 'onExisting';
    case 'ActivationUnknown':
      return 'deleteActivated';
    case 'InvalidTimeout':
      return 'timeout';
    case 'SecretsTooLarge':
      return 'deviceCredentials';
    default:
      return '';
  }
}
