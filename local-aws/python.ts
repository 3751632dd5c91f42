import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What MiniStack 1.5.33 asks for. */
const OLDEST = [3, 10] as const;
const NAMES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const INTRODUCE =
  'import json, sys; print(json.dumps({"path": sys.executable, "version": list(sys.version_info[:3])}))';

export interface Python {
  readonly path: string;
  readonly version: readonly [number, number, number];
}

/** Something that the user must install first; the message says what. */
export class MissingPrerequisite extends Error {
  readonly code = 'MissingPrerequisite';
}

/**
 * A Python that MiniStack runs on.
 * @throws {MissingPrerequisite} if PATH has none
 */
export async function findPython(path = process.env.PATH ?? ''): Promise<Python> {
  const tooOld: Python[] = [];
  for (const name of NAMES) {
    const python = await introduce(name, path);
    if (python && isRecent(python)) return python;
    if (python) tooOld.push(python);
  }
  const found = [...new Set(tooOld.map((python) => `${python.path} is ${python.version.join('.')}`))];
  throw new MissingPrerequisite(
    `the local AWS needs Python ${OLDEST.join('.')} or newer, and there is none on PATH` +
      `${found.length > 0 ? ` (${found.join(', ')})` : ''}; install it, for example ` +
      'by `apt install python3 python3-venv`, `dnf install python3` or `brew install python`, and run this again',
  );
}

const isRecent = ({ version: [major, minor] }: Python): boolean =>
  major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);

/** A name can be there and yet not be a Python: version switchers leave stand-ins that only fail. */
async function introduce(name: string, path: string): Promise<Python | undefined> {
  try {
    const { stdout } = await run(name, ['-c', INTRODUCE], { env: { ...process.env, PATH: path }, timeout: 20_000 });
    return JSON.parse(stdout) as Python;
  } catch {
    return undefined;
  }
}
