import { BatchError } from '../errors';
import { shortened, withoutKeys } from './shown';

/** What is wrong with a file that the parser does not know the name of. */
export class FileMistake extends Error {
  constructor(
    message: string,
    readonly line?: number,
  ) {
    super(message);
  }

  in(title: string): BatchError {
    const file = shortened(title, 500);
    const place = this.line === undefined ? file : `${file}, line ${this.line}`;
    return new BatchError('InvalidDeviceFile', `${place}: ${shortened(this.message, 1000)}`);
  }
}

/** @throws BatchError `InvalidDeviceFile` where it is an address, which may be signed, and of which a path would be made. */
export function refuseAddress(path: string): void {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return;
  throw new FileMistake('is an address: give the path of a file').in(withoutKeys(path));
}
