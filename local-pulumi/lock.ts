import { mkdir, rmdir, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const BEAT_MS = 5_000;
const POLL_MS = 500;
/** Far more than a busy machine holds a beat back. */
const ABANDONED_MS = 90_000;

/**
 * Runs `work` while nobody else runs theirs under the same path, or returns undefined once `isDone` says that somebody has
 * done it. Saves work, and guards nothing: two processes that find an abandoned lock in the same instant may both take it.
 */
export async function alone<T>(
  path: string,
  isDone: () => Promise<boolean>,
  onWait: () => void,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  for (let waited = false; !(await take(path)); await sleep(POLL_MS, undefined, { signal })) {
    if (await isDone()) return undefined;
    if (await isAbandoned(path)) await rmdir(path).catch(() => undefined);
    if (!waited) onWait();
    waited = true;
  }
  const heart = setInterval(() => void beat(path), BEAT_MS);
  try {
    return (await isDone()) ? undefined : await work();
  } finally {
    clearInterval(heart);
    await rmdir(path).catch(() => undefined);
  }
}

const take = (path: string): Promise<boolean> =>
  mkdir(path).then(
    () => true,
    (failure: NodeJS.ErrnoException) => {
      if (failure.code === 'EEXIST') return false;
      throw failure;
    },
  );

/** Its holder was killed. By its age, as process ids mean nothing in another container. */
async function isAbandoned(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.mtimeMs < Date.now() - ABANDONED_MS;
}

const beat = (path: string): Promise<void> => utimes(path, new Date(), new Date()).catch(() => undefined);
