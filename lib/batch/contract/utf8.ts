import { FileMistake } from './file-mistake';

/** The text of a file, without the mark that some editors put in front of it. @throws FileMistake with the line that is not UTF-8 */
export function decodeUtf8(bytes: Uint8Array): string {
  if (isUtf16(bytes)) throw new FileMistake('is UTF-16: save it as UTF-8');
  try {
    return decode(bytes);
  } catch {
    throw new FileMistake('is not UTF-8: save the file as UTF-8', brokenLine(bytes));
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

/** Of which the mark of the byte order tells. */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** No other character of UTF-8 has the byte of a line feed in it. */
function brokenLine(bytes: Uint8Array): number {
  for (let line = 1, from = 0; ; line++) {
    const end = bytes.indexOf(0x0a, from);
    try {
      decode(bytes.subarray(from, end < 0 ? undefined : end));
    } catch {
      return line;
    }
    from = end + 1;
  }
}
