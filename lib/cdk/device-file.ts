import { readFileSync } from 'node:fs';
import type { DeviceFileFormat as Format } from '../batch/contract/device-file';
import { parseDeviceFile } from '../batch/contract/device-file';
import type { ListedName } from '../batch/contract/listed-name';
import { FileMistake, refuseAddress } from '../batch/contract/file-mistake';

/** How a file lists names. All are UTF-8. */
export enum DeviceFileFormat {
  /** A name a line; blank lines and what follows a `#` are left out. */
  TEXT = 'text',
  /** A table with a header (RFC 4180), separated by commas. */
  CSV = 'csv',
  /** An array of names, or of objects with a member that has one. */
  JSON = 'json',
}

/** How to read a file of names. */
export interface DeviceFileProps {
  /**
   * How the file lists names.
   * @default - by its ending: .csv, .json, and .txt or none for text
   */
  readonly format?: DeviceFileFormat;

  /**
   * The column of a CSV file, or the member of JSON objects, that has the names.
   * @default - the one that is called `name`, `deviceName` or `DeviceName`
   */
  readonly column?: string;
}

/** A file with names in it, as its user calls it. */
export interface DeviceFile {
  readonly title: string;
  readonly path: string;
  readonly props: DeviceFileProps;
}

/** @throws BatchError `InvalidDeviceFile` if it cannot be read, or is not what its format says. */
export function readDeviceFile({ title, path, props: { format, column } }: DeviceFile): ListedName[] {
  return parseDeviceFile({ title, bytes: bytesOf(title, path), format: format satisfies Format | undefined, column });
}

function bytesOf(title: string, path: string): Uint8Array {
  refuseAddress(title);
  try {
    return readFileSync(path);
  } catch (error) {
    throw new FileMistake(`cannot be read (${(error as Error).message})`).in(title);
  }
}
