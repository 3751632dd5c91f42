import { percentEncode } from '../../batch/percent-encode';

/**
 * A foreign text made fit for an error message: one line, at most `limit` characters, with every secret taken out,
 * also where it stands percent-encoded once or twice, as in a quoted string-to-sign.
 */
export function redact(text: string, secrets: readonly (string | undefined)[], limit = 300): string {
  let clean = text;
  for (const secret of secrets) {
    if (!secret) continue;
    for (const form of [secret, percentEncode(secret), percentEncode(percentEncode(secret))]) {
      clean = clean.replaceAll(form, '[redacted]');
    }
  }
  clean = clean.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return clean.length > limit ? `${clean.slice(0, limit - 1)}…` : clean;
}
