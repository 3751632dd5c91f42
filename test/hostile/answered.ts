import type { Wish } from './wish';

/** How an event that CloudFormation sent, or a command of Pulumi, has ended. */
export interface Answered {
  kind: string;
  ms: number;
  /** The code of its failure, and what was said. */
  failed?: string;
  said?: string;
}

/** Whoever looks at what batches do. */
export interface Watcher {
  told(answered: Answered): void;
  /** After a success: what the batch is now, nothing if it is deleted. `alone`: nothing of what it was before is left. */
  isNow(wish: Wish | undefined, alone: boolean): void;
}

/** The code of a failure. @throws what is no failure of an operation, but a mistake of ours. */
export function codeOf(error: unknown): string {
  const { message } = error as Error;
  const [, code] = /\[([A-Za-z0-9]+)\]$/.exec(message) ?? /\[([A-Za-z0-9]+)[\],]/.exec(message) ?? [];
  if (code === undefined || code === 'Unexpected') throw error;
  return code;
}
