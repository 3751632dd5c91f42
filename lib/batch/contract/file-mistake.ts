import { BatchError } from '../errors';

/** What is wrong with a file that the parser does not know the name of. */
export class FileMistake extends Error {
  constructor(
    message: string,
    readonly line?: number,
  ) {
    super(message);
  }

  in(title: string): BatchError {
    const place = this.line === undefined ? title : `${title}, line ${this.line}`;
    return new BatchError('InvalidDeviceFile', `${place}: ${this.message}`);
  }
}
