import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemClock } from '../batch';

/** Writes secrets to a file of the user's choice, from the program's folder on; only its owner may read it, from the first byte on. */
export async function saveSecrets(file: string, text: string): Promise<void> {
  const path = resolve(file);
  await mkdir(dirname(path), { recursive: true });
  const written = `${path}.${systemClock.nonce(4)}`;
  await writeFile(written, `${text}\n`, { mode: 0o600, flag: 'wx' });
  await chmod(written, 0o600);
  await rename(written, path);
}
