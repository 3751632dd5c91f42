import { BatchError } from '../batch/errors';
import { redactText } from '../clouds/http/redaction';
import { S3Unusable } from '../stores/s3-unusable';
import { PartialFailure } from './failures';
import type { Outputs } from './state';

/**
 * Around every method. Pulumi's plugin never answers where what is thrown is no Error or where outputs hold `undefined`, and then
 * `up` hangs; and what it is given goes to the screen as it is.
 */
export async function guarded<T>(method: () => Promise<T>): Promise<T> {
  try {
    return plain(await method());
  } catch (error) {
    throw presentable(error);
  }
}

/** What is left of a value on its way through JSON: no `undefined`, no class, nothing that a Struct refuses. */
function plain<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

function presentable(error: unknown): Error {
  if (error instanceof PartialFailure) {
    const text = redactText(error.message);
    return Object.assign(shown(text), {
      id: error.id,
      properties: plain(error.properties satisfies Outputs),
      reasons: [text],
    });
  }
  if (error instanceof BatchError) return shown(redactText(withCode(error)));
  if (error instanceof S3Unusable) return shown(redactText(withCode(new BatchError('S3Unavailable', error.message))));
  if (isOfFileSystem(error)) {
    const unusable = new BatchError('JournalUnavailable', `the journal cannot be used: ${error.message}`);
    return shown(redactText(withCode(unusable)));
  }
  const said =
    error instanceof Error
      ? `${error.name}: ${error.message}`
      : `something that is no error was thrown: ${String(error)}`;
  return shown(redactText(`${said} [Unexpected]`));
}

function withCode({ message, code }: BatchError): string {
  return /\[[A-Za-z]+\]$/.test(message) ? message : `${message} [${code}]`;
}

/** Pulumi prints the stack of some errors: it would only tell of our own insides. */
function shown(message: string): Error {
  const error = new Error(message);
  error.stack = message;
  return error;
}

/** The other files that a provider reads or writes have errors of their own. */
function isOfFileSystem(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'syscall' in error && 'path' in error;
}
