import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KEPT, makeOnce } from './folders';
import { findPython, MissingPrerequisite, type Python } from './python';
import { run } from './run';

export const MINISTACK = join(__dirname, 'ministack');
const REQUIREMENTS = join(MINISTACK, 'requirements.txt');

/** How to run a Python that can import MiniStack. */
export interface Installation {
  readonly python: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Installs MiniStack into the repository, once for each version of it and of Python.
 * @throws {MissingPrerequisite} if there is no Python that can
 */
export async function installMinistack(say: (line: string) => void, signal?: AbortSignal): Promise<Installation> {
  const python = await findPython();
  const key = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .update(JSON.stringify(python))
    .digest('hex')
    .slice(0, 16);
  const folder = join(KEPT, `ministack-${key}`);
  await makeOnce(folder, async (unfinished) => {
    say('installing MiniStack, a local AWS, into .local (once, 90 MB)');
    await install(python, unfinished, signal);
  });
  return { python: python.path, environment: { PYTHONPATH: packagesIn(folder) } };
}

const packagesIn = (folder: string): string => join(folder, 'packages');

/** Into a plain folder, not a virtual environment: Debian's Python cannot make one without a further package. */
async function install(python: Python, folder: string, signal?: AbortSignal): Promise<void> {
  const options = [
    '--quiet',
    '--no-input',
    '--disable-pip-version-check',
    '--require-hashes',
    '--only-binary',
    ':all:',
  ];
  const venv = join(folder, 'for-its-pip');
  const pip = await findPip(python, venv, signal);
  const installed = await run(
    pip,
    ['-m', 'pip', 'install', ...options, '--target', packagesIn(folder), '-r', REQUIREMENTS],
    { env: environmentOfPip(), signal },
  );
  if (installed.code !== 0) throw new Error(`pip could not install MiniStack:\n${installed.stderr}`);
  await rm(venv, { recursive: true, force: true });
}

/** The interpreter whose `-m pip` works: the one given, or that of a virtual environment made for it. */
async function findPip(python: Python, folder: string, signal?: AbortSignal): Promise<string> {
  const succeeds = async (...args: string[]): Promise<boolean> =>
    (await run(python.path, args, { env: environmentOfPip(), signal })).code === 0;
  if (await succeeds('-m', 'pip', '--version')) return python.path;
  if (await succeeds('-m', 'venv', folder)) return join(folder, 'bin', 'python');
  throw new MissingPrerequisite(
    `${python.path} (${python.version.join('.')}) has neither pip nor venv, so it cannot install the local AWS; ` +
      'install one of them, on Debian and Ubuntu by `apt install python3-venv`, and run this again',
  );
}

/** The user's settings hold (a proxy, an index), but for two that rule out `--target`. */
const environmentOfPip = (): NodeJS.ProcessEnv => ({ ...process.env, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' });
