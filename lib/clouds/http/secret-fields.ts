import { CloudError } from '../../batch/ports/cloud';

/**
 * The members of a secret's text (JSON) or of an object that are texts, by their names in lower case without anything but
 * letters and digits. Of two that become the same the first counts.
 *
 * @param expected what the secret should look like, for the error
 * @throws CloudError of kind `credentials` that never shows a value
 */
export function secretFields(source: unknown, expected: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(toObject(source, expected))) {
    const key = name.toLowerCase().replace(/[^a-z0-9]/g, '');
    if (typeof value === 'string' && value.trim() !== '' && !fields.has(key)) fields.set(key, value.trim());
  }
  return fields;
}

export function unreadable(what: string, expected: string): CloudError {
  return new CloudError(
    'credentials',
    'CredentialsUnreadable',
    `${what} – expected ${expected} [CredentialsUnreadable]`,
    { operation: 'read credentials' },
  );
}

function toObject(source: unknown, expected: string): object {
  let value = source;
  if (typeof source === 'string') {
    try {
      value = JSON.parse(source);
    } catch {
      // The parser's message would quote the secret.
      throw unreadable('the credentials are no JSON', expected);
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable('the credentials are no JSON object', expected);
  }
  return value;
}
