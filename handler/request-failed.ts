import { redactText } from '../lib/clouds/http/redaction';

/**
 * A request that failed, as CloudFormation and its user shall see it. The framework puts message and stack into the
 * response, which has no room for more than a line: the stack is that line.
 */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  constructor(line: string) {
    super(line);
    this.stack = line;
  }
}

/**
 * Bytes that a reason may take as JSON. With the framework's own words and the longest names that AWS allows the response
 * stays below 4,096 bytes (I9), and leaves room for what CloudFormation adds to it in its events.
 */
export const MAX_REASON_BYTES = 1_500;

/** One line: the message, from the middle of which is cut what does not fit, and the code in brackets. No secrets. */
export function reasonOf({ code, message }: { code: string; message: string }): string {
  const tail = ` [${code}]`;
  const line = redactText(message.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim());
  return shorten(line, MAX_REASON_BYTES - encodedBytes(tail) - 2) + tail;
}

const GAP = ' … ';

/** The end says what is left and what to do, so that it is kept as well as the beginning. */
function shorten(text: string, limit: number): string {
  if (encodedBytes(text) <= limit) return text;
  const end = lastWords(text, Math.floor(limit / 3));
  const start = firstWords(text, limit - encodedBytes(GAP) - encodedBytes(end));
  return start + GAP + end;
}

function firstWords(text: string, limit: number): string {
  const start = fitting([...text], limit).join('');
  const space = start.lastIndexOf(' ');
  return space > start.length - LONGEST_WORD ? start.slice(0, Math.max(space, 0)) : start;
}

function lastWords(text: string, limit: number): string {
  const end = fitting([...text].reverse(), limit)
    .reverse()
    .join('');
  const space = end.indexOf(' ');
  return space >= 0 && space < LONGEST_WORD ? end.slice(space + 1) : end;
}

/** A longer one is cut in two. */
const LONGEST_WORD = 80;

function fitting(characters: readonly string[], limit: number): string[] {
  let bytes = 0;
  const end = characters.findIndex((character) => (bytes += encodedBytes(character)) > limit);
  return characters.slice(0, end < 0 ? undefined : end);
}

/** What the text takes within JSON. */
function encodedBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}
