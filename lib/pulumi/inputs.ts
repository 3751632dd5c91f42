import { createHash } from 'node:crypto';
import { BatchError } from '../batch/errors';
import {
  countNames,
  defaultTimeoutSeconds,
  parseOptions,
  type BatchOptions,
  type CloudReference,
  type LongestOperation,
  type NameList,
} from '../batch/contract';
import { shown } from '../batch/contract/shown';
import { limitsOf } from '../clouds/limits';
import { isS3Address, parseS3Address, type S3Address } from '../stores/s3-address';
import { secondsIn } from './duration';

/** A resource's inputs as they reach the provider. What is the user's is not to be trusted before `optionsOf` has read it. */
export interface Inputs {
  cloud?: unknown;
  devices?: unknown;
  onExisting?: unknown;
  deleteActivated?: unknown;
  onPartialFailure?: unknown;
  removalPolicy?: unknown;
  timeout?: unknown;
  customTimeouts?: unknown;
  deviceCredentials?: unknown;
  journal?: unknown;
  /** From the resource class: whose inputs these are. */
  resourceUrn: string;
  /** From `check`. It stays with the resource when it is renamed. */
  batchId: string;
  /** The provider's text; Pulumi adds it, and it is to be handed back. */
  __provider?: unknown;
}

export type Operation = 'create' | 'update' | 'delete';

/** Where the secrets of devices go. `file`: a path, or the address of an object in S3. */
export type Credentials = 'state' | 'none' | { file: string };

/** @throws BatchError `InvalidOptions` where the inputs are none that a batch can have. */
export function optionsOf(inputs: Inputs, operation: Operation): BatchOptions {
  const { cloud, devices, onExisting, deleteActivated, onPartialFailure, removalPolicy } = inputs;
  const options = parseOptions({
    ...defined({ cloud, onExisting, deleteActivated, onPartialFailure, removalPolicy }),
    devices: selectionOf(devices),
    deviceCredentials: credentialsOf(inputs) === 'none' ? 'none' : 'store',
    timeoutSeconds: 0,
  });
  return { ...options, timeoutSeconds: timeoutOf(inputs, operation, options) };
}

/** The product alone, whatever the other inputs are by now. @throws BatchError `InvalidOptions` */
export function cloudOf({ cloud }: Inputs): CloudReference {
  return parseOptions({ cloud, devices: { named: [] }, timeoutSeconds: 0 }).cloud;
}

export const longest: LongestOperation = { seconds: 24 * 3600, reason: 'nothing here takes longer than a day' };

/** @throws BatchError `InvalidOptions` */
export function credentialsOf({ deviceCredentials = 'state' }: Inputs): Credentials {
  if (deviceCredentials === 'state' || deviceCredentials === 'none') return deviceCredentials;
  const { file, s3, ...rest } = (deviceCredentials ?? {}) as { file?: unknown; s3?: unknown };
  if (Object.keys(rest).length === 0) {
    if (s3 === undefined && isPath(file)) return { file };
    if (file === undefined && typeof s3 === 'string') return { file: objectIn(s3) };
  }
  throw invalid(
    'deviceCredentials',
    `is ${shown(deviceCredentials)}: use "state", "none", {file: path} or {s3: "s3://bucket/key"}`,
  );
}

/**
 * The folder of the journal, or its address in S3, where one is given.
 * @throws BatchError `InvalidOptions`
 */
export function journalOf({ journal }: Pick<Inputs, 'journal'>): string | undefined {
  if (journal === undefined || journal === null || journal === '') return undefined;
  if (isPath(journal)) return journal;
  if (typeof journal !== 'string') {
    throw invalid('journal', `is ${shown(journal)}: give the path of a folder, or s3://bucket/path`);
  }
  addressIn('journal', journal);
  return journal;
}

/** Not an address: what is taken for a path would be lost with this machine, where somebody meant a place that lasts. */
function isPath(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !/^[a-z][a-z0-9+.-]*:\/\//i.test(value);
}

function objectIn(s3: string): string {
  const { path } = addressIn('deviceCredentials', s3);
  if (path === '') throw invalid('deviceCredentials', 'names no object: use {s3: "s3://bucket/key"}');
  return s3;
}

/** It is not repeated in an error: somebody may have put keys into it. */
function addressIn(member: string, text: string): S3Address {
  if (!isS3Address(text)) throw invalid(member, 'is an address of another kind than s3://bucket/path');
  try {
    return parseS3Address(text);
  } catch (error) {
    throw invalid(member, (error as Error).message);
  }
}

/** A file of names, as `check` completes it. */
export interface NamesFileInput {
  path: string;
  format?: unknown;
  column?: string;
}

/** The file that the names are in; undefined where they are in none. @throws BatchError `InvalidOptions` */
export function namesFileOf(devices: unknown): NamesFileInput | undefined {
  const { fromFile } = (devices ?? {}) as { fromFile?: unknown };
  if (fromFile === undefined) return undefined;
  const file = typeof fromFile === 'string' ? { path: fromFile } : (fromFile as NamesFileInput);
  if (isPath(file?.path)) return file;
  throw invalid('devices', `fromFile is ${shown(fromFile)}: give the path of a file`);
}

/** The same batch has the same id for as long as its URN stays; another stack has another URN. */
export function batchIdOf(urn: string): string {
  return `b${createHash('sha256').update(urn).digest('hex').slice(0, 16)}`;
}

/** The parts of `urn:pulumi:<stack>::<project>::<types>::<name>`. */
export function partsOfUrn(urn: string): { stack: string; project: string; name: string } {
  const [stack = '', project = '', , ...name] = urn.replace(/^urn:pulumi:/, '').split('::');
  return { stack, project, name: name.join('::') };
}

/** As it travels. What is none stays as it is, for the schema to refuse. */
function selectionOf(devices: unknown): unknown {
  const { assignedByCloud, fromJob, ...rest } = (devices ?? {}) as Record<string, unknown>;
  const file = namesFileOf(devices);
  if (file) {
    const names = rest.names as NameList | undefined;
    return { file: { source: sourceOf(file), names: names ?? { count: 0, chunks: [], set: '' } } };
  }
  if (typeof assignedByCloud === 'number') return { assignedByCloud: { count: assignedByCloud } };
  if (typeof fromJob === 'string') return { fromJob: { id: fromJob } };
  return devices ?? {};
}

/** A file of names as the engine's port hears of it. */
function sourceOf({ path, format, column }: NamesFileInput): string {
  return JSON.stringify(defined({ path, format, column }));
}

function timeoutOf(inputs: Inputs, operation: Operation, { cloud, devices }: BatchOptions): number {
  const custom = (inputs.customTimeouts as Record<string, unknown> | undefined)?.[operation];
  const wanted = custom ?? inputs.timeout;
  if (wanted === undefined) return defaultTimeoutSeconds(limitsOf(cloud), countNames(devices), longest);
  const seconds = secondsIn(wanted);
  if (seconds !== undefined) return Math.floor(seconds);
  throw invalid('timeout', `is ${shown(wanted)}: give seconds, or a time such as 20m or 1h30m`);
}

/** The members that are there. */
function defined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}

function invalid(member: string, message: string): BatchError {
  return new BatchError('InvalidOptions', `${member} ${message}`);
}
