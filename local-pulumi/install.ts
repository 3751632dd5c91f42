import { createHash } from 'node:crypto';
import { access, chmod, constants, copyFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { homedir, setPriority } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { makeOnce, REPOSITORY } from '../local-aws/folders';
import { ProcessGroup } from '../local-aws/process-group';
import { cachesOfGo, type GoCaches, requireGo } from './go';
import { alone } from './lock';

/** The main packages of the CLI, each by a Go module here that pins all it is made of. */
const PROGRAMS = [
  {
    module: 'engine',
    output: 'pulumi',
    main: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    // Without a version the engine refuses plugins that ask for one.
    flags: [
      ...['-tags', 'osusergo grpcnotrace'],
      ...['-ldflags', '-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.246.0'],
    ],
  },
  {
    module: 'language-host',
    output: 'pulumi-language-nodejs',
    main: 'github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs',
    flags: ['-ldflags', '-s -w'],
  },
] as const;

/** What the engine starts dynamic providers with. It has to lie beside `pulumi`. */
const PLUGIN = join(REPOSITORY, 'node_modules/@pulumi/pulumi/pulumi-resource-pulumi-nodejs');

export interface InstallOptions {
  readonly say: (line: string) => void;
  readonly environment?: NodeJS.ProcessEnv;
  /** Lets other work go first. @default false */
  readonly inBackground?: boolean;
  /** Ends the build, or the waiting for it. */
  readonly signal?: AbortSignal;
}

/**
 * A folder with a Pulumi CLI, to be put in front of PATH: that of the `pulumi` on PATH, else one that is built once and kept
 * in the user's cache folder, for this clone and all others.
 * @throws {MissingPrerequisite} if there is neither a `pulumi` nor a Go that can build it
 */
export async function installPulumi(options: InstallOptions): Promise<string> {
  const { say, environment = process.env, signal } = options;
  const given = await findOnPath('pulumi', environment.PATH);
  if (given) return dirname(given);
  const folder = join(cacheFolder(environment), `pulumi-${await digest()}`);
  if (await isThere(folder)) return folder;
  await requireGo(environment);
  await mkdir(dirname(folder), { recursive: true });
  await alone(
    `${folder}.lock`,
    () => isThere(folder),
    () => say(`waiting for another process that builds the Pulumi CLI (${folder})`),
    async () => {
      say(`building the Pulumi CLI from its Go modules into ${folder} (once, some minutes)`);
      const started = performance.now();
      await removeAbandoned(folder);
      await makeOnce(folder, (unfinished) => build(unfinished, options));
      say(`built the Pulumi CLI in ${Math.round((performance.now() - started) / 1000)} s`);
    },
    signal,
  );
  return folder;
}

/** By the rules of freedesktop.org, on macOS too: what is there is a cache of a tool for developers. */
export const cacheFolder = ({ XDG_CACHE_HOME, HOME }: NodeJS.ProcessEnv): string =>
  join(XDG_CACHE_HOME || join(HOME || homedir(), '.cache'), 'iot-device-batch');

/** Of all that decides what is built. */
async function digest(): Promise<string> {
  const pins = PROGRAMS.flatMap(({ module }) => [join(__dirname, module, 'go.mod'), join(__dirname, module, 'go.sum')]);
  const hash = createHash('sha256').update(JSON.stringify([PROGRAMS, process.platform, process.arch]));
  for (const file of [...pins, PLUGIN]) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

async function build(folder: string, options: InstallOptions): Promise<void> {
  const { environment = process.env } = options;
  const own = join(folder, 'go');
  const caches = (await cachesOfGo(environment)) ?? { GOMODCACHE: join(own, 'mod'), GOCACHE: join(own, 'build') };
  for (const { module, output, main, flags } of PROGRAMS) {
    const args = [
      'build',
      '-buildvcs=false',
      '-mod=readonly',
      '-modcacherw',
      '-trimpath',
      ...flags,
      '-o',
      join(folder, output),
      main,
    ];
    await compile(args, join(__dirname, module), { ...environment, ...settingsOfGo(caches, own) }, options);
  }
  await copyFile(PLUGIN, join(folder, basename(PLUGIN)));
  await chmod(join(folder, basename(PLUGIN)), 0o755);
  // Gigabytes that nothing needs any more.
  await rm(own, { recursive: true, force: true });
}

const settingsOfGo = (caches: GoCaches, GOPATH: string) => ({
  CGO_ENABLED: '0',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
  ...(caches.GOMODCACHE.startsWith(GOPATH) && { GOPATH }),
  ...caches,
});

async function compile(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv, options: InstallOptions) {
  const { inBackground = false, signal } = options;
  signal?.throwIfAborted(); // it would never be heard of again
  const go = ProcessGroup.start('go', args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  if (inBackground && go.process.pid) setPriority(go.process.pid, 10);
  const printed: Buffer[] = [];
  go.process.stderr!.on('data', (bytes: Buffer) => printed.push(bytes));
  const stop = (): void => void go.stop();
  signal?.addEventListener('abort', stop, { once: true });
  const exit = await go.exited.finally(() => signal?.removeEventListener('abort', stop));
  signal?.throwIfAborted();
  if (exit.code !== 0) {
    const text = Buffer.concat(printed).toString().trim().split('\n').slice(-20).join('\n');
    throw new Error(`go could not build the Pulumi CLI (${exit.signal ?? `exit code ${exit.code}`}):\n${text}`);
  }
}

/** A build that was killed could not clean up. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}.unfinished-`)) continue;
    await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

async function findOnPath(program: string, path = ''): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const file = join(folder, program);
    const isFile = (await stat(file).catch(() => undefined))?.isFile() ?? false;
    if (isFile && (await access(file, constants.X_OK).then(...yesOrNo))) return file;
  }
  return undefined;
}

const isThere = (path: string): Promise<boolean> => access(path).then(...yesOrNo);
const yesOrNo = [() => true, () => false] as const;
