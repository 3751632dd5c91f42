/**
 * `JSON.parse`, but whole numbers that a double cannot hold become strings of their digits. Ids are 64-bit there, and
 * a rounded id is another job.
 */
export function parseLosslessly(text: string): unknown {
  // Most answers have no such number, and looking at each token of theirs is what costs most in reading them.
  return JSON.parse(MANY_DIGITS.test(text) ? text.replace(STRING_OR_NUMBER, quoteIfUnsafe) : text);
}

const MANY_DIGITS = /\d{16}/;

/** Strings are matched to be stepped over: digits within them are text. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

function quoteIfUnsafe(token: string): string {
  return /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
}
