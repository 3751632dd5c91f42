import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import { MissingPrerequisite } from '../local-aws';

/** What the modules of the engine ask for, and Go downloads no newer self here (`GOTOOLCHAIN=local`). */
const OLDEST = [1, 25, 11] as const;

/** Where Go keeps what it downloads and compiles. */
export interface GoCaches {
  readonly GOMODCACHE: string;
  readonly GOCACHE: string;
}

/**
 * Makes sure of a Go that can build the CLI.
 * @throws {MissingPrerequisite} if PATH has none
 */
export async function requireGo(environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const version = await ask(environment, 'GOVERSION').catch(() => undefined);
  if (version !== undefined && isRecent(version)) return;
  const found = version === undefined ? 'neither is on PATH' : `the \`go\` on PATH is ${version}, and no \`pulumi\` is`;
  throw new MissingPrerequisite(
    `the Pulumi half needs \`pulumi\`, or Go ${OLDEST.join('.')} or newer to build it; ${found}: install Pulumi from ` +
      'https://www.pulumi.com/docs/install or Go from https://go.dev/dl, and run this again',
  );
}

/** Those of the user, if there are any yet. */
export async function cachesOfGo(environment: NodeJS.ProcessEnv = process.env): Promise<GoCaches | undefined> {
  const [GOMODCACHE, GOCACHE] = await Promise.all([find(environment, 'GOMODCACHE'), find(environment, 'GOCACHE')]);
  return GOMODCACHE && GOCACHE ? { GOMODCACHE, GOCACHE } : undefined;
}

/** The folder, if the user has set it or it is there already. */
async function find(environment: NodeJS.ProcessEnv, name: keyof GoCaches): Promise<string | undefined> {
  // Go refuses to answer where there is no home to put it into.
  const folder = await ask(environment, name).catch(() => '');
  const isThere = folder && (await access(folder).then(...yesOrNo));
  return isThere || environment[name] || (name === 'GOMODCACHE' && environment.GOPATH) ? folder : undefined;
}

const yesOrNo = [() => true, () => false] as const;

async function ask(environment: NodeJS.ProcessEnv, name: string): Promise<string> {
  const env = { ...environment, GOTOOLCHAIN: 'local' };
  const { stdout } = await promisify(execFile)('go', ['env', name], { env, timeout: 60_000 });
  return stdout.trim();
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = (/^go(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? []).slice(1).map(Number);
  const difference = major - OLDEST[0] || minor - OLDEST[1] || (patch || 0) - OLDEST[2];
  return difference >= 0;
}
