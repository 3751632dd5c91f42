import type { RunningEmulator } from '../../../emulator';
import type { StoreContents } from './store';
import type { Places } from './what-aws-shows';

/** The secrets of every device that there ever was, and those of the keys to the cloud. */
export function secretsOf({ emulator }: RunningEmulator): string[] {
  const { aliyun, tencent } = emulator;
  const keys = [
    ...aliyun.keys.list().flatMap((key) => [key.accessKeySecret, key.securityToken ?? '']),
    ...tencent.keys.list().flatMap((key) => [key.secretKey, key.token ?? '']),
  ];
  return [...keys, ...aliyun.platform.issuedSecrets(), ...tencent.hub.issuedSecrets()].filter(Boolean).map(aLineOf);
}

/** A private key has lines, which are written in more than one way: its first line that is not everybody's gives it away. */
function aLineOf(secret: string): string {
  return secret.split('\n').at(2) ?? secret;
}

/**
 * No secret is in any of the places (I7). `mark` is something public that is in each of them: a place without it was not
 * really searched.
 */
export function expectNoSecret(secrets: readonly string[], places: Places, mark: RegExp): void {
  const found = Object.entries(places).map(([place, all]) => {
    const text = all.join('\n');
    const leaked = secrets.filter((secret) => text.includes(secret));
    return { place, leaked, searched: mark.test(text) };
  });
  expect(secrets.length).toBeGreaterThan(1);
  expect(found).toEqual(Object.keys(places).map((place) => ({ place, leaked: [], searched: true })));
}

/** What whoever may list the store sees, but for what is meant to be secret: the credentials' parts. */
export const openPartOf = (store: StoreContents): string[] =>
  [...store.objects].flatMap(([key, body]) => (isCredentialPart(key) ? [key] : [key, body.toString('latin1')]));

const isCredentialPart = (key: string): boolean => key.startsWith('credentials/') && key.endsWith('.gz');
