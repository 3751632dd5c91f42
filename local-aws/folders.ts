import { access, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export const REPOSITORY = dirname(__dirname);

/** What is made once and kept between runs. Git ignores it; deleting it costs the next run some seconds. */
export const KEPT = join(REPOSITORY, '.local');

/**
 * The folder, made by `make` if it is not there yet. It appears whole or not at all, so a run that was killed half-way
 * leaves nothing to trip over, and of two processes that make it at once one wins and the other takes the winner's.
 */
export async function makeOnce(folder: string, make: (unfinished: string) => Promise<void>): Promise<string> {
  if (await exists(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const unfinished = await mkdtemp(`${folder}.unfinished-`);
  try {
    await make(unfinished);
    await rename(unfinished, folder).catch(async (failure: unknown) => {
      if (!(await exists(folder))) throw failure;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

const SCRATCH = 'iot-device-batch-';
const HOUR = 3_600_000;

/**
 * A folder for one run. Outside the repository on purpose: Lambda code is unpacked in it, and Node looks for packages
 * in every parent folder, so inside it a handler would find packages that its bundle lacks.
 */
export async function scratchFolder(): Promise<string> {
  await removeAbandoned();
  return mkdtemp(join(tmpdir(), `${SCRATCH}${process.pid}-`));
}

/** A run that is killed cannot clean up; the next one does. */
async function removeAbandoned(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(SCRATCH));
  for (const folder of names.map((name) => join(tmpdir(), name))) {
    const changed = await stat(folder).catch(() => undefined);
    // The hour protects runs in other containers, whose process ids mean nothing here.
    if (changed && changed.mtimeMs < Date.now() - HOUR && !isAlive(ownerOf(folder))) {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

const ownerOf = (folder: string): number => Number(basename(folder).slice(SCRATCH.length).split('-')[0]);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
