import { BatchError } from '../errors';
import { csvNames } from './csv-names';
import { FileMistake } from './file-mistake';
import { jsonNames } from './json-names';
import type { CloudLimits } from './limits';
import type { ListedName } from './listed-name';
import { quote } from './quote';
import { shown } from './shown';
import { textNames } from './text-names';
import { decodeUtf8 } from './utf8';

/** How a file lists names. */
export type DeviceFileFormat = (typeof deviceFileFormats)[number];

export const deviceFileFormats = ['text', 'csv', 'json'] as const;

/** A file that somebody has written, in full. */
export interface DeviceFile {
  /** What to call it in errors: its path as it was given. */
  title: string;
  bytes: Uint8Array;
  /** @default by the ending of the title */
  format?: DeviceFileFormat;
  /** The column of a CSV file, or the member of JSON objects, that has the names. @default one of `usualColumns` */
  column?: string;
}

/** @throws BatchError `InvalidDeviceFile` with the line, if the file is not what its format says, or lists nothing. */
export function parseDeviceFile({ title, bytes, column, format = formatOf(title) }: DeviceFile): ListedName[] {
  if (format === 'text' && column !== undefined) {
    throw new FileMistake(`column is ${shown(column)}, but a text file has none: leave it out`).in(title);
  }
  try {
    const text = decodeUtf8(bytes);
    const names = parsers[format](text, column);
    if (names.length === 0) throw new FileMistake('lists no device');
    return names;
  } catch (error) {
    throw error instanceof FileMistake ? error.in(title) : error;
  }
}

/** @throws BatchError `InvalidDevices` that names the lines: names that break the cloud's rule, or that are listed twice. */
export function validateListedNames(title: string, names: readonly ListedName[], limits: CloudLimits): void {
  const broken = names.filter(({ name }) => !limits.namePattern.test(name));
  if (broken.length > 0) {
    const told = broken.map(({ name, line }) => `${quote([name])} (line ${line})`);
    const rule = `cannot be a device name on ${limits.title}: it takes ${limits.nameRule}`;
    throw invalidNames(title, `${firstOf(told)} ${rule}`);
  }
  const linesOf = new Map<string, number[]>();
  for (const { name, line } of names) {
    const lines = linesOf.get(name);
    if (lines) lines.push(line);
    else linesOf.set(name, [line]);
  }
  const twice = [...linesOf].filter(([, lines]) => lines.length > 1);
  if (twice.length === 0) return;
  const told = twice.map(([name, lines]) => `${JSON.stringify(name)} (lines ${firstOf(lines.map(String))})`);
  throw invalidNames(title, `${firstOf(told)} is listed more than once; every name must be unique`);
}

const parsers: Record<DeviceFileFormat, (text: string, column: string | undefined) => ListedName[]> = {
  text: textNames,
  csv: csvNames,
  json: jsonNames,
};

/** Others are not guessed at: of a table that is read as text, the header might become a device. */
function formatOf(title: string): DeviceFileFormat {
  const ending = /\.([^./\\]+)$/.exec(title)?.[1]?.toLowerCase();
  if (ending === undefined || ending === 'txt') return 'text';
  if (ending === 'csv' || ending === 'json') return ending;
  throw new FileMistake(`ends in .${ending}, which says nothing of its format: give the format as well`).in(title);
}

function invalidNames(title: string, message: string): BatchError {
  return new BatchError('InvalidDevices', `${title}: ${message}`);
}

function firstOf(values: readonly string[]): string {
  const rest = values.length - 5;
  return values.slice(0, 5).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
