import { nameFile, type CloudLimits } from '../batch/contract';
import {
  parseDeviceFile,
  validateListedNames,
  type DeviceFile,
  type DeviceFileFormat,
} from '../batch/contract/device-file';
import { deviceFileFormats } from '../batch/contract/device-file';
import { shown } from '../batch/contract/shown';
import { BatchError } from '../batch/errors';
import { FileMistake, refuseAddress } from '../batch/contract/file-mistake';
import type { ReadNames } from '../batch/ports/names-source';
import type { NamesFileInput } from './inputs';
import type { Files } from './surroundings';

/**
 * The names in a file, from the program's folder on, which is where the provider runs.
 * @throws BatchError `InvalidDeviceFile`, `InvalidDevices` with the lines.
 */
export async function namesIn(files: Files, input: NamesFileInput, limits: CloudLimits): Promise<string[]> {
  const { path: title, column } = input;
  const bytes = await bytesOf(files, title);
  const format = formatOf(input);
  const file: DeviceFile = {
    title,
    bytes,
    ...(format && { format }),
    ...(column !== undefined && { column }),
  };
  const names = parseDeviceFile(file);
  validateListedNames(title, names, limits);
  return names.map(({ name }) => name);
}

/** For the engine: the file once more, when it needs the names. It holds them against what `check` has seen. */
export function namesFiles(files: Files, limits: CloudLimits): ReadNames {
  return async (source) => Buffer.from(nameFile(await namesIn(files, JSON.parse(source) as NamesFileInput, limits)));
}

async function bytesOf(files: Files, title: string): Promise<Uint8Array> {
  refuseAddress(title);
  try {
    return await files.read(title);
  } catch (error) {
    throw new FileMistake(`cannot be read (${(error as Error).message})`).in(title);
  }
}

function formatOf({ format }: NamesFileInput): DeviceFileFormat | undefined {
  if (format === undefined) return undefined;
  const known = deviceFileFormats.find((each) => each === format);
  if (known) return known;
  throw new BatchError(
    'InvalidOptions',
    `devices: the format ${shown(format)} is none of ${deviceFileFormats.join(', ')}`,
  );
}
