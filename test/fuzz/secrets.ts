/** @throws if the text holds one of the secrets, or a good part of its beginning. */
export function refuseSecrets(text: string, secrets: readonly string[]): void {
  const leaked = secrets.find((secret) => text.includes(telling(secret)));
  if (leaked !== undefined) throw new Error(`a secret is shown: ${text}`);
}

/** A private key has lines, of which the first is everybody's. */
function telling(secret: string): string {
  return (secret.split('\n').at(2) ?? secret).slice(0, 12);
}
