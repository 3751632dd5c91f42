import { createHash } from 'node:crypto';
import { BatchError } from '../errors';
import type { CloudLimits } from './limits';
import type { NameList } from './name-list';
import { quote } from './quote';

/** Which devices a batch has, as it travels. Exactly one member is set. */
export type DeviceSelection =
  | { named: readonly string[] }
  | { sequence: DeviceSequence }
  /** So many devices, whose names are derived from the batch's identity. */
  | { generated: GeneratedDevices }
  /** Names that travel beside the options, because there are too many of them. */
  | { file: NamesFile }
  /** So many devices, whose names the cloud invents. */
  | { assignedByCloud: { count: number } }
  /** The devices of a job that was submitted elsewhere: to be waited for and listed, never owned. */
  | { fromJob: { id: string } };

/** `count` names: the prefix and a running number, e.g. `light-001` … `light-500`. */
export interface DeviceSequence {
  prefix: string;
  count: number;
  /** @default 1 */
  start?: number;
  /**
   * Digits that the number is filled up to with zeros; a larger number is written out in full. It is the same whatever
   * the count, so that growing a batch never renames its devices.
   * @default 3
   */
  pad?: number;
}

/** `count` names: the prefix and 13 characters, e.g. `light-0f3kq2m8tc1vd`. */
export interface GeneratedDevices {
  count: number;
  /** @default '' */
  prefix?: string;
}

/**
 * The names that a batch generates: 65 bits of each are derived from the batch's id, so that a repeated request asks for the
 * same ones, and nobody else has made a device of such a name (which counts as a proof of ownership). A larger count begins
 * with the names of a smaller one.
 */
export function generateNames(batchId: string, { count, prefix = '' }: GeneratedDevices): string[] {
  return Array.from({ length: count }, (_, i) => {
    const digest = createHash('sha256').update(`${batchId}/${i}`).digest();
    return prefix + (digest.readBigUInt64BE() * 2n + BigInt((digest[8] ?? 0) & 1)).toString(32).padStart(13, '0');
  });
}

/** A file of names as `nameFile` makes it. */
export interface NamesFile {
  /** Where it is, e.g. `s3://<bucket>/<key>`. */
  source: string;
  names: NameList;
}

/** The names of a selection, in the order asked for; none where a file has them, or they are not known before the batch has an id. */
export function expandNames(selection: DeviceSelection): string[] {
  if ('named' in selection) return [...selection.named];
  if (!('sequence' in selection)) return [];
  const { prefix, count, start = 1, pad = 3 } = selection.sequence;
  return Array.from({ length: count }, (_, i) => prefix + String(start + i).padStart(pad, '0'));
}

/** Whether the names are known before the devices exist. */
export function namesKnown(selection: DeviceSelection): boolean {
  return 'named' in selection || 'sequence' in selection || 'file' in selection;
}

/** How many devices a selection asks for; 0 where only the cloud knows. */
export function countNames(selection: DeviceSelection): number {
  if ('named' in selection) return selection.named.length;
  if ('sequence' in selection) return selection.sequence.count;
  if ('generated' in selection) return selection.generated.count;
  if ('file' in selection) return selection.file.names.count;
  return 'assignedByCloud' in selection ? selection.assignedByCloud.count : 0;
}

/**
 * @throws BatchError `InvalidDevices` that names the first offending values: a count below 1 or not whole, a name that
 * breaks the cloud's rule, a name that is asked for twice, a job's id that cannot be one.
 */
export function validateSelection(selection: DeviceSelection, limits: CloudLimits): void {
  if ('fromJob' in selection) return validateJobId(selection.fromJob.id);
  // Each of its names was looked at by whoever made it, and they are held against their digests when they are read.
  if ('file' in selection) return validateCount(selection.file.names.count);
  if ('assignedByCloud' in selection) return validateAssigned(selection.assignedByCloud.count, limits);
  if ('generated' in selection) return validateGenerated(selection.generated, limits);
  if ('sequence' in selection) validateSequence(selection.sequence);
  const names = expandNames(selection);
  if (names.length === 0) throw invalid('a batch needs at least one device');

  const broken = names.filter((name) => !limits.namePattern.test(name));
  if (broken.length > 0) {
    throw invalid(`${quote(broken)} cannot be a device name on ${limits.title}: it takes ${limits.nameRule}`);
  }
  const twice = duplicatesOf(names);
  if (twice.length > 0) throw invalid(`${quote(twice)} is asked for more than once; every name must be unique`);
}

/** The most devices that one sequence may have: keeps a mistyped count from filling the memory. */
const MAX_COUNT = 1_000_000;

function validateSequence({ count, start = 1, pad = 3 }: DeviceSequence): void {
  validateCount(count);
  if (!Number.isSafeInteger(start) || start < 0)
    throw invalid(`start is ${start}; it must be a whole number from 0 on`);
  if (!Number.isSafeInteger(pad) || pad < 0 || pad > 16) throw invalid(`pad is ${pad}; it must be 0 to 16`);
}

/** Whatever the batch, its names have the same length and characters. */
function validateGenerated({ count, prefix = '' }: GeneratedDevices, limits: CloudLimits): void {
  validateCount(count);
  const [example = ''] = generateNames('b', { count: 1, prefix });
  if (limits.namePattern.test(example)) return;
  throw invalid(
    `with the prefix ${quote([prefix])} and ${example.length - prefix.length} generated characters a name cannot be a ` +
      `device name on ${limits.title}: it takes ${limits.nameRule}`,
  );
}

function validateAssigned(count: number, limits: CloudLimits): void {
  if (limits.assignedPerJob === undefined)
    throw invalid(`${limits.title} does not invent names: list them, or use a sequence`);
  validateCount(count);
}

function validateCount(count: number): void {
  if (Number.isSafeInteger(count) && count >= 1 && count <= MAX_COUNT) return;
  throw invalid(`count is ${count}; it must be a whole number from 1 to ${MAX_COUNT.toLocaleString('en')}`);
}

/** Alibaba's ids are numbers, Tencent's are letters and digits; neither is documented beyond its samples. */
function validateJobId(id: string): void {
  if (/^[A-Za-z0-9]{1,64}$/.test(id)) return;
  throw invalid(`${quote([id])} cannot be the id of a job: it has letters and digits only`);
}

function duplicatesOf(names: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of names) (seen.has(name) ? twice : seen).add(name);
  return [...twice];
}

function invalid(message: string): BatchError {
  return new BatchError('InvalidDevices', message);
}
